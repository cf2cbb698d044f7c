import { execFile } from "node:child_process";
import { link, mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { chatServer } from "../../test/kit/chat-server.ts";
import { eachEngine, sqlite } from "../../test/kit/databases.ts";
import { tempHome } from "../../test/kit/temp-home.ts";
import type { Store } from "../store/database/store.ts";
import type { SkillRoots } from "./places.ts";

const text = (name: string, does = "Does it"): string =>
  `---\nname: ${name}\ndescription: ${does}.\n---\n# ${name}\n\nStep one.\n`;

async function scene(store: Store) {
  const home = await tempHome();
  const roots: SkillRoots = {
    home: join(home, "skills"),
    personal: join(home, "agents"),
    shipped: join(import.meta.dirname, "../../skills"),
    workspaces: join(home, "workspace"),
  };
  const { as, people } = await chatServer(store, { skillRoots: roots });
  /** Puts a skill where a person, a program or the agent would. */
  const put = async (root: string, folder: string, files: { readonly [path: string]: string | Uint8Array }) => {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(join(root, folder, path, ".."), { recursive: true });
      await writeFile(join(root, folder, path), content);
    }
  };
  const workspace = (user: { readonly id: string }): string => join(roots.workspaces, user.id, ".agents/skills");
  const list = async (user = people.owner) => {
    const { body } = await as(user, "GET", "/api/skills");
    return body.items as readonly {
      name: string;
      place: string;
      state: string;
      used: boolean;
      problem: string | null;
    }[];
  };
  const states = async (user = people.owner): Promise<readonly string[]> =>
    (await list(user))
      .filter(({ place }) => place !== "shipped")
      .map(({ name, place, state, used }) => `${name} ${place} ${state}${used ? " used" : ""}`);
  return { home, roots, as, people, put, workspace, list, states };
}

eachEngine("skills", (engine) => {
  test("one that is new waits with all it holds, is used once it was approved, and waits again when it is changed", async () => {
    const store = await engine.store();
    const { roots, as, people, put, states } = await scene(store);
    const { owner } = people;
    await put(roots.home, "tidy", { "SKILL.md": text("tidy"), "notes/a.md": "one\ntwo\n" });
    expect(await states()).toEqual(["tidy home waiting"]);

    const { body: seen } = await as(owner, "GET", "/api/skills/tidy");
    expect(seen.text).toBe("# tidy\n\nStep one.");
    expect(seen.diff).toContain("+++ b/notes/a.md\n@@ -0,0 +1,2 @@\n+one\n+two\n");
    const yes = await as(owner, "POST", "/api/skills/tidy/approve", { hash: seen.hash });
    expect(yes).toMatchObject({
      status: 200,
      body: { state: "approved", used: true, by: owner.name, approvedHash: seen.hash },
    });

    await put(roots.home, "tidy", { "notes/a.md": "one\nthree\n", "run.sh": "echo hi\n" });
    expect(await states()).toEqual(["tidy home changed used"]);
    const { body: changed } = await as(owner, "GET", "/api/skills/tidy");
    expect(changed.diff).toBe(
      "--- a/notes/a.md\n+++ b/notes/a.md\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n--- /dev/null\n+++ b/run.sh\n@@ -0,0 +1,1 @@\n+echo hi\n",
    );
    // Nobody approves what they have not seen.
    expect(await as(owner, "POST", "/api/skills/tidy/approve", { hash: seen.hash })).toMatchObject({ status: 409 });
    expect(await as(owner, "POST", "/api/skills/tidy/approve", { hash: changed.hash })).toMatchObject({ status: 200 });
    expect(await states()).toEqual(["tidy home approved used"]);
  });

  test("the first of a name that was approved is used, whatever lies before it", async () => {
    const store = await engine.store();
    const { roots, as, people, put, workspace, states } = await scene(store);
    for (const root of [roots.home, workspace(people.owner), roots.personal])
      await put(root, "tidy", { "SKILL.md": text("tidy", root) });
    const approve = async (place: string) => {
      const { body } = await as(people.owner, "GET", `/api/skills/tidy?place=${place}`);
      return as(people.owner, "POST", "/api/skills/tidy/approve", { hash: body.hash, place });
    };
    await approve("personal");
    expect(await states()).toEqual(["tidy home waiting", "tidy workspace waiting", "tidy personal approved used"]);
    await approve("home");
    expect(await states()).toEqual(["tidy home approved used", "tidy workspace waiting", "tidy personal approved"]);
    expect(await as(people.owner, "GET", "/api/skills/tidy")).toMatchObject({
      status: 400,
      body: { error: { hint: "name its place, one of: home, workspace, personal" } },
    });
  });

  test("each decides about their own workspace, the owner about what all runs get", async () => {
    const store = await engine.store();
    const { roots, as, people, put, workspace, states } = await scene(store);
    const { ann, agent } = people;
    await put(workspace(ann), "mine", { "SKILL.md": text("mine") });
    await put(workspace(agent), "bots", { "SKILL.md": text("bots") });
    await put(roots.home, "ours", { "SKILL.md": text("ours") });
    // What waits for all is not shown to a member, nor is another's workspace.
    expect(await states(ann)).toEqual(["mine workspace waiting"]);
    expect(await states()).toEqual(["ours home waiting", "bots agent waiting"]);
    const { body } = await as(ann, "GET", "/api/skills/mine");
    expect(await as(ann, "POST", "/api/skills/mine/approve", { hash: body.hash })).toMatchObject({ status: 200 });
    expect(await as(ann, "DELETE", "/api/skills/researching-a-question")).toMatchObject({ status: 403 });
    const { body: ours } = await as(people.owner, "GET", "/api/skills/ours");
    expect(await as(ann, "POST", "/api/skills/ours/approve", { hash: ours.hash })).toMatchObject({ status: 404 });
    await as(people.owner, "POST", "/api/skills/ours/approve", { hash: ours.hash });
    await put(roots.home, "ours", { "secret.txt": "not approved" });
    // A member sees what is used, not what waits.
    const { body: shown } = await as(ann, "GET", "/api/skills/ours");
    expect(shown).toMatchObject({ canDecide: false, state: "approved", hash: ours.hash, path: "ours", diff: "" });
    expect(shown.contents).toMatchObject([{ path: "SKILL.md" }]);
    expect(await as(ann, "GET", "/api/skills/ours/files?path=secret.txt")).toMatchObject({ status: 404 });
  });

  test("one is added whole, replaced, turned off and removed", async () => {
    const store = await engine.store();
    const { roots, as, people, states, list } = await scene(store);
    const { owner, ann } = people;
    const body = {
      folder: "tidy",
      files: [
        { path: "SKILL.md", text: text("tidy") },
        { path: "a/b.bin", base64: "AAH/" },
      ],
    };
    expect(await as(ann, "POST", "/api/skills", body)).toMatchObject({ status: 403 });
    expect(await as(owner, "POST", "/api/skills", body)).toMatchObject({
      status: 201,
      body: { state: "waiting", files: 2 },
    });
    expect(await as(owner, "POST", "/api/skills", body)).toMatchObject({ status: 409 });
    expect(await as(owner, "POST", "/api/skills", { ...body, replace: true })).toMatchObject({ status: 201 });
    expect(await readdir(roots.home)).toEqual(["tidy"]);
    expect(await as(owner, "GET", "/api/skills/tidy/files?path=a/b.bin")).toMatchObject({
      body: { bytes: 3, text: null },
    });
    expect(await as(owner, "DELETE", "/api/skills/tidy")).toMatchObject({ body: { deleted: true } });
    expect(await readdir(roots.home)).toEqual([]);
    expect(await states()).toEqual([]);

    expect(await as(owner, "DELETE", "/api/skills/tending-the-memory")).toMatchObject({ body: { deleted: false } });
    const off = (await list()).find(({ name }) => name === "tending-the-memory");
    expect(off).toMatchObject({ state: "off", used: false });
  });
});

test.each([
  { what: "leads out of it", path: "../evil.md" },
  { what: "leads out of it further in", path: "a/../../evil.md" },
  { what: "begins at the root", path: "/etc/evil" },
  { what: "is a folder's", path: "a/" },
  { what: "is Windows' own", path: "a\\..\\evil" },
  { what: "has what is not seen", path: "a\u202eb.md" },
])("a file of a skill whose path $what is refused, and nothing is written", async ({ path }) => {
  const { as, people, home } = await scene(await sqlite.store());
  const files = [
    { path: "SKILL.md", text: text("tidy") },
    { path, text: "x" },
  ];
  expect(await as(people.owner, "POST", "/api/skills", { folder: "tidy", files })).toMatchObject({ status: 400 });
  expect(await readdir(home)).toEqual([]);
});

test.each(["..", ".", "Tidy", "a/b", "-a", "con\u0000"])("a skill's folder cannot be called %j", async (folder) => {
  const { as, people, home } = await scene(await sqlite.store());
  const files = [{ path: "SKILL.md", text: text("tidy") }];
  expect(await as(people.owner, "POST", "/api/skills", { folder, files })).toMatchObject({ status: 400 });
  expect(await readdir(home)).toEqual([]);
});

test("what is no ordinary folder of ordinary files is told, and never read", async () => {
  const { roots, home, put, list } = await scene(await sqlite.store());
  await writeFile(join(home, "secret"), "hush");
  const at = (folder: string, path: string): string => join(roots.home, folder, path);
  for (const folder of ["hard", "inner", "pipe"]) await put(roots.home, folder, { "SKILL.md": text(folder) });
  await symlink(join(home, "secret"), at("inner", "key"));
  await link(join(home, "secret"), at("hard", "key"));
  await promisify(execFile)("mkfifo", [at("pipe", "fifo")]);
  await put(home, "elsewhere", { "SKILL.md": text("whole") });
  await symlink(join(home, "elsewhere"), join(roots.home, "whole"));
  await put(roots.home, "big", { "SKILL.md": text("big"), "a.bin": new Uint8Array(1_100_000) });
  await put(roots.home, "long", { "SKILL.md": `${text("long")}${"x".repeat(140_000)}` });
  await put(roots.home, "deep", { "SKILL.md": text("deep"), "a/b/c/d/e/f/g.md": "x" });
  await put(roots.home, "many", Object.fromEntries(Array.from({ length: 501 }, (_, n) => [`${n}.md`, "x"])));
  await put(roots.home, "empty", { "README.md": "x" });
  await put(roots.home, "wide", { "SKILL.md": Buffer.from(`\ufeff${text("wide")}`, "utf16le") });
  await put(roots.home, "js", { "SKILL.md": "---js\nprocess.exit(7)\n---\n" });
  const told = Object.fromEntries(
    (await list()).filter((each) => each.place === "home").map((each) => [each.name, each.problem ?? each.state]),
  );
  expect(told).toEqual({
    big: "a.bin has more than 1024 KB",
    deep: "it has folders more than 6 deep",
    empty: "it has no SKILL.md",
    hard: expect.stringContaining("hard link"),
    inner: "key is a link: only files of the folder itself are read",
    js: expect.stringContaining('begins with "---js"'),
    long: "SKILL.md has more than 128 KB",
    many: "it has more than 500 files",
    pipe: expect.stringContaining("not an ordinary file"),
    whole: "whole is a link: only what is there itself is read",
    wide: expect.stringContaining("UTF-16"),
  });
});

test("a folder that is swapped for a link while it is read gives nothing of what the link leads to", async () => {
  const { roots, home, put, list } = await scene(await sqlite.store());
  await put(home, "outside", { "SKILL.md": text("stolen"), "key.txt": "hush" });
  await put(roots.home, "tidy", { "SKILL.md": text("tidy") });
  const [real, kept] = [join(roots.home, "tidy"), join(home, "kept")];
  let over = false;
  const swapping = (async () => {
    while (!over) {
      await rename(real, kept);
      await symlink(join(home, "outside"), real);
      await rm(real);
      await rename(kept, real);
      // The reader has its turn.
      for (let turns = 0; turns < 40 && !over; turns++) await setImmediate();
    }
  })();
  const seen = new Set<string>();
  for (let at = 0; at < 100 || (at < 5000 && seen.size < 2); at++) {
    for (const { place, name, problem } of await list())
      if (place === "home") seen.add(problem === null ? name : "told");
  }
  over = true;
  await swapping;
  expect([...seen].sort()).toEqual(["tidy", "told"]);
});
