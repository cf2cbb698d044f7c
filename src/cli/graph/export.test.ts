import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { sparky } from "../../../test/golden/scripted-cli.ts";

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "sparky-export-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

const csv = "id,name\r\n1,Ärger\r\n";
const answer = (path: string) => ({ routes: { [`GET /api/graph/export?${path}`]: new Response(csv) } });

test("an export goes to stdout as it is, or into a file whose name says the format", async () => {
  const shown = await sparky(
    ["graph", "export", "--format", "csv", "--part", "edges"],
    answer("format=csv&part=edges"),
  );
  expect(shown).toMatchObject({ exit: 0, stdout: csv, stderr: "" });
  const file = join(await folder(), "graph.csv");
  const written = await sparky(["graph", "export", "-o", file], answer("format=csv"));
  expect(written).toMatchObject({ exit: 0, stdout: `${file}\n` });
  expect(await readFile(file, "utf8")).toBe(csv);
  const again = await sparky(["graph", "export", "-o", file, "--json"], answer("format=csv"));
  expect(JSON.parse(again.stdout)).toEqual({ file, format: "csv", bytes: Buffer.byteLength(csv) });
});

test("on a terminal an export moves no cursor, in a pipe it is left as it is", async () => {
  const routes = { "GET /api/graph/export?format=csv": new Response("1,\u001b[2Jred\r\n") };
  const argv = ["graph", "export", "--format", "csv"];
  expect((await sparky(argv, { routes, terminal: true })).stdout).toBe("1,red\n");
  expect((await sparky(argv, { routes })).stdout).toBe("1,\u001b[2Jred\r\n");
});

test("an export that breaks off leaves what was there, and nothing beside it", async () => {
  const home = await folder();
  const file = join(home, "graph.json");
  await sparky(["graph", "export", "-o", file], answer("format=json"));
  let parts = 0;
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (parts++ > 2) controller.error(new Error("connection reset"));
      else controller.enqueue(new TextEncoder().encode("half "));
    },
  });
  const routes = { "GET /api/graph/export?format=json": new Response(broken) };
  expect(await sparky(["graph", "export", "-o", file], { routes })).toMatchObject({ exit: 1, stdout: "" });
  expect(await readFile(file, "utf8")).toBe(csv);
  expect(await readdir(home)).toEqual(["graph.json"]);
});

test.each([
  { argv: ["--format", "xml"], exit: 2, says: "It must be one of: json, jsonl, graphml, cypher, csv, dot, md" },
  { argv: ["--part", "edges"], exit: 2, says: "--part is for csv" },
  { argv: ["--json", "--format", "dot"], exit: 2, says: "--json cannot show dot" },
  { argv: ["-o", "/nowhere/at/all/graph.json"], exit: 1, says: "cannot write /nowhere/at/all/graph.json: ENOENT" },
])("graph export $argv is refused with exit $exit", async ({ argv, exit, says }) => {
  const outcome = await sparky(["graph", "export", ...argv]);
  expect(outcome).toMatchObject({ exit, stdout: "", requests: [] });
  expect(outcome.stderr).toContain(says);
});
