import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileScene } from "../../../test/kit/file-tools.ts";

const patch = (...lines: readonly string[]): string => ["*** Begin Patch", ...lines, "*** End Patch"].join("\n");

const WHOLE = patch(
  "*** Add File: new/added.txt",
  "+first",
  "+second",
  "*** Update File: a.ts",
  "@@ function two() {",
  " {",
  "-  return 1;",
  "+  return 2;",
  "*** Delete File: old.txt",
  "*** Update File: b.txt",
  "*** Move to: moved/c.txt",
  "@@",
  "-b",
  "+c",
  "*** End of File",
);

async function scene() {
  const files = await fileScene();
  await files.write("a.ts", "function one() {\n{\n  return 1;\n}\nfunction two() {\n{\n  return 1;\n}\n");
  await files.write("old.txt", "old");
  await files.write("b.txt", "a\nb\n");
  return files;
}

test("a patch adds, changes, deletes and moves files, and tells of each what became of it", async () => {
  const { call, read } = await scene();
  const { files } = await call("file_patch", { patch: WHOLE }, { callId: "p" });
  expect(files).toMatchObject([
    { path: "new/added.txt", change: "added", diff: expect.stringContaining("+first\n+second") },
    { path: "a.ts", change: "updated", diff: expect.stringContaining("@@ -4,5 +4,5 @@") },
    { path: "old.txt", change: "deleted", trash: ".trash/p-2/old.txt" },
    { path: "b.txt", change: "moved", to: "moved/c.txt" },
  ]);
  expect(await read("new/added.txt")).toBe("first\nsecond\n");
  expect(await read("a.ts")).toBe("function one() {\n{\n  return 1;\n}\nfunction two() {\n{\n  return 2;\n}\n");
  expect(await read("moved/c.txt")).toBe("a\nc\n");
  expect(await read(".trash/p-2/old.txt")).toBe("old");
});

test.each([
  { what: "text that is no patch", text: "hello", says: 'begins with the line "*** Begin Patch"' },
  { what: "no end", text: "*** Begin Patch\n*** Delete File: a", says: "*** End Patch" },
  {
    what: "a line of no kind",
    text: patch("*** Update File: b.txt", "@@", "?x"),
    says: "line 4 of the patch begins with none",
  },
  {
    what: "lines that are not there",
    text: patch("*** Update File: b.txt", "@@", "-bb", "+c"),
    says: "these lines are not there",
  },
  {
    what: "lines that are there twice",
    text: patch("*** Update File: a.ts", "@@", "-  return 1;", "+  return 2;"),
    says: "stand 2 times, at lines 3, 7",
  },
  { what: "a file that is there", text: patch("*** Add File: b.txt", "+x"), says: "is there already" },
  { what: "a file that is not there", text: patch("*** Delete File: none"), says: 'there is no "none"' },
  {
    what: "one file twice",
    text: patch("*** Delete File: b.txt", "*** Delete File: b.txt"),
    says: "in the patch twice",
  },
  { what: "a way out", text: patch("*** Add File: ../x", "+x"), says: "outside the workspace" },
])("a patch with $what changes nothing, and says why", async ({ text, says }) => {
  const { workspace, call, read } = await scene();
  const whole = text.replace("*** Begin Patch\n", "*** Begin Patch\n*** Delete File: old.txt\n");
  await expect(call("file_patch", { patch: whole })).rejects.toThrow(
    says.replace(/line (\d+)/, (_, n) => `line ${Number(n) + 1}`),
  );
  expect((await readdir(workspace)).toSorted()).toEqual(["a.ts", "b.txt", "old.txt"]);
  expect(await read("b.txt")).toBe("a\nb\n");
});

/** Runs the patch in a process that is killed at the n-th rename or new name; the code that it ended by. */
async function killedAt(n: number, workspace: string): Promise<string | null> {
  const script = `
    import fs from "node:fs/promises";
    import { syncBuiltinESMExports } from "node:module";
    let left = ${n};
    for (const name of ["rename", "link", "unlink"]) {
      const real = fs[name];
      fs[name] = (...args) => (left-- === 0 ? process.kill(process.pid, "SIGKILL") : real(...args));
    }
    syncBuiltinESMExports();
    const { fileTools } = await import(${JSON.stringify(new URL("./tools.ts", import.meta.url).href)});
    const tool = fileTools([]).find(({ name }) => name === "file_patch");
    const context = { workspace: process.argv[1], callId: "p", now: 0, principal: { name: "Ann" }, signal: new AbortController().signal };
    await tool.prepare({ patch: process.argv[2] }).execute(context);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, workspace, WHOLE], { stdio: "inherit" });
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  return signal;
}

test("whichever rename a crash comes at, the same call ends with all of the patch, and is told as at first", async () => {
  const whole = await scene();
  const told = await whole.call("file_patch", { patch: WHOLE }, { callId: "p" });
  let killed = 0;
  for (let n = 0; ; n++) {
    const { workspace, call, read } = await scene();
    if ((await killedAt(n, workspace)) === null) break;
    killed++;
    expect(await call("file_patch", { patch: WHOLE }, { callId: "p" }), `killed at ${n}`).toEqual(told);
    for (const path of ["a.ts", "new/added.txt", "moved/c.txt", ".trash/p-2/old.txt"]) {
      expect(await read(path), `${path}, killed at ${n}`).toBe(await whole.read(path));
    }
    expect((await readdir(workspace)).toSorted(), `killed at ${n}`).toEqual([".trash", "a.ts", "moved", "new"]);
  }
  // The journal's own, then three new texts, and two moves of two steps each.
  expect(killed).toBe(8);
}, 60_000);

test("what somebody else has changed between a crash and the next attempt is left, and told", async () => {
  const { workspace, call, write, read } = await scene();
  await killedAt(2, workspace);
  await write("a.ts", "theirs");
  await expect(call("file_patch", { patch: WHOLE }, { callId: "p" })).rejects.toThrow(
    /a\.ts: it was changed meanwhile\. Changed: new\/added\.txt, old\.txt, moved\/c\.txt, b\.txt\./,
  );
  expect(await read("a.ts")).toBe("theirs");
  expect((await readdir(join(workspace))).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});
