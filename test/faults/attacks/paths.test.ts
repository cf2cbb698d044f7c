import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { OpenApi } from "../../docs/http-page.ts";
import { attacked, type Attacked } from "./scene.ts";
import { bearer } from "./wire.ts";

// Path traversal, wherever a name or a path comes in: addresses, ids, names of what is brought in, tools' arguments.

vi.setConfig({ testTimeout: 300_000 });

const CANARY = "quokka in the coal mine";

let scene: Attacked;
let home: string;
/** What no answer may hold. */
let secrets: readonly string[];
beforeAll(async () => {
  scene = await attacked();
  ({ home } = scene.sparky);
  await writeFile(join(home, "canary.json"), JSON.stringify(CANARY));
  const passwords = (await readFile("/etc/passwd", "utf8")).split("\n")[0] ?? "";
  secrets = [
    CANARY,
    scene.sparky.token,
    passwords,
    "SQLite format 3",
    (await readFile(join(home, "secret"), "utf8")).trim(),
  ];
});
afterAll(() => scene[Symbol.asyncDispose]());

const told = (text: string): readonly string[] => secrets.filter((secret) => text.includes(secret));

test("F17 path traversal in static files: no way of writing it leads out of the built pages", async () => {
  const page = (await scene.send({ target: "/" })).body;
  const up = ["..", "%2e%2e", ".%2e", "%252e%252e", "..;", "....", "..%00", "%c0%ae%c0%ae", "..\\", "%5c.."];
  const files = ["canary.json", "token", "sparky.db", ".env", "etc/passwd"];
  const separators = ["/", "%2f", "%5c", "//"];
  const climbing = up.flatMap((step) =>
    separators.flatMap((between) =>
      ["canary.json", "etc/passwd"].flatMap((file) =>
        ["/", "/assets/"].map((start) => start + `${step}${between}`.repeat(6) + file),
      ),
    ),
  );
  const absolute = ["", home.slice(1)].flatMap((folder) =>
    files.flatMap((file) => [
      `//${folder}/${file}`,
      `/%2f${folder}/${file}`,
      `/file:///${folder}/${file}`,
      `/assets/${file}%00.js`,
    ]),
  );
  for (const target of [...climbing, ...absolute, ...files.map((file) => `/${file}`)]) {
    const answer = await scene.send({ target });
    expect([target, told(answer.body)]).toEqual([target, []]);
    if (answer.status === 200) expect([target, answer.body === page]).toEqual([target, true]);
    else expect([400, 404], target).toContain(answer.status);
  }
});

test("F17 path traversal in ids and names: every route that takes one finds nothing, for the owner either", async () => {
  const { paths } = JSON.parse((await scene.send({ target: "/openapi.json" })).body) as OpenApi;
  const routes = Object.entries(paths)
    .filter(([path]) => path.includes("{"))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })))
    .filter(({ method }) => method === "GET" || method === "DELETE");
  const ways = [
    "..%2f..%2ftoken",
    "..%2fcanary.json",
    "%2fetc%2fpasswd",
    "..%5ccanary.json",
    "%2e%2e",
    "%252e%252e%252ftoken",
  ];
  const headers = [bearer(scene.sparky.token)];
  for (const { path, method } of routes) {
    for (const way of ways) {
      const answer = await scene.send({ method, target: path.replace(/\{\w+\}/g, way), headers });
      expect([method, path, way, told(answer.body)]).toEqual([method, path, way, []]);
      expect(answer.status, `${method} ${path} ${way}`).toBeLessThan(500);
      if (method === "DELETE") expect([400, 403, 404], `${path} ${way}`).toContain(answer.status);
    }
  }
  expect(routes.length).toBeGreaterThan(20);
});

test("F17 path traversal in downloads: a title is no file's name and no header", async () => {
  const { sparky } = scene;
  for (const title of [
    "../../../etc/cron.d/job",
    'x"; filename="../.bashrc',
    "a\\..\\b",
    'quote" set-cookie: a=b',
    "..",
  ]) {
    const { id } = await sparky.api<{ id: string }>("POST", "/api/chats", { title });
    for (const format of ["md", "json"]) {
      const target = `/api/chats/${id}/export?format=${format}`;
      const { status, headers } = await scene.send({ target, headers: [bearer(sparky.token)] });
      expect([title, status, headers["set-cookie"]]).toEqual([title, 200, undefined]);
      expect(headers["content-disposition"]).toMatch(/^attachment; filename="[\w-]+\.(md|json)"$/);
    }
  }
});

test("F17 path traversal in names that are brought in: skills, tool servers, schedules and their prompts", async () => {
  const before = await readdir(home);
  const skill = (folder: string, path: string) => ({
    folder,
    files: [
      { path: "SKILL.md", text: `---\nname: ${folder}\ndescription: d\n---\n` },
      { path, text: "planted" },
    ],
  });
  const prompt = `file(${join(home, "canary.json")})`;
  const refused: readonly (readonly [target: string, body: object, status: number, who: "owner" | "ann"])[] = [
    ...["../planted", "/tmp/planted", "..", "a/../../planted", "planted\\..\\x"].flatMap((name) => [
      ["/api/skills", skill(name, "x"), 400, "owner"] as const,
      ["/api/skills", skill("planted", `${name}/x`), 400, "owner"] as const,
      ["/api/schedules", { name, when: "every(1 day)", prompt: "x" }, 400, "owner"] as const,
    ]),
    ...["../planted", "a/b", "a\\b"].map(
      (name) =>
        [
          "/api/mcp/servers",
          { text: JSON.stringify({ mcpServers: { [name]: { command: "id" } } }) },
          400,
          "owner",
        ] as const,
    ),
    ["/api/schedules", { name: "s", when: "every(1 day)", prompt }, 403, "ann"],
    ["/api/schedules", { name: "s", when: "every(1 day)", prompt: "file(../../canary.json)" }, 403, "ann"],
  ];
  for (const [target, body, status, who] of refused) {
    const headers = [["cookie", scene.cookies[who]]] as const;
    const answer = await scene.send({ method: "POST", target, headers, body: JSON.stringify(body) });
    expect([target, body, answer.status, told(answer.body)]).toEqual([target, body, status, []]);
  }
  expect((await readdir(home)).toSorted()).toEqual(before.toSorted());
});

test("F17 path traversal in workspace tools: each refuses each way out, links that a command has made too", async () => {
  const { id: ann } = await scene.as<{ id: string }>("ann", "GET", "/api/me");
  const workspace = join(home, "workspace", ann);
  await mkdir(workspace, { recursive: true });
  await symlink(home, join(workspace, "up"));
  await symlink(join(home, "canary.json"), join(workspace, "canary"));
  await writeFile(join(workspace, "mine.txt"), "mine");
  const ways = ["../../canary.json", join(home, "canary.json"), "up/canary.json", "canary", "x/../../../canary.json"];
  const calls = ways.flatMap((path) => [
    { name: "file_read", args: { path } },
    { name: "file_write", args: { path, content: "planted" } },
    { name: "file_edit", args: { path, version: "1", old: "quokka", new: "planted" } },
    { name: "file_move", args: { from: "mine.txt", to: path } },
    { name: "file_search", args: { pattern: "quokka", path } },
    { name: "file_patch", args: { patch: `*** Begin Patch\n*** Add File: ${path}\n+planted\n*** End Patch` } },
  ]);
  const folders = ["..", "../..", home, "up", "/"].flatMap((path) => [
    { name: "file_list", args: { path } },
    { name: "file_find", args: { name: "*", path } },
    { name: "file_search", args: { pattern: "quokka", path } },
  ]);
  const taken = ["../../canary.json", "up/canary.json", join(home, "token")].flatMap((path) => [
    { name: "file_delete", args: { path } },
    { name: "file_move", args: { from: path, to: "stolen" } },
  ]);
  const all = [...calls, ...folders, ...taken];
  scene.steer("climb out", all);
  const { log } = await scene.say("ann", "Please climb out");
  const results = log.flatMap((event) => (event.type === "tool_result" ? [event.data] : []));
  expect(results).toHaveLength(all.length);
  expect(results.filter(({ ok }) => ok)).toEqual([]);
  expect(told(JSON.stringify(results))).toEqual([]);
  expect(await readFile(join(home, "canary.json"), "utf8")).toBe(JSON.stringify(CANARY));
  expect((await readdir(workspace)).toSorted()).toEqual(["canary", "mine.txt", "up"]);
});
