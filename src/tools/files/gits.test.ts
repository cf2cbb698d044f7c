import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileScene } from "../../../test/kit/file-tools.ts";

// What stands there names programs: whoever may run `git status` unasked would run them.

const GITS = [".git/config", "a/.git/hooks/pre-commit", ".git", ".GIT/config", ".g\u200cit/config", ".gitconfig"];
const PLAIN = [".gitignore", "a/.gitattributes", "git/config", "a.git/x", ".config/other/git"];

test.each([...GITS, ".config/git/config"])("%s is written by git alone", async (path) => {
  const { call, write, workspace } = await fileScene();
  await write("mine", "[core]\n\tfsmonitor = touch /tmp/x\n");
  const patch = `*** Begin Patch\n*** Add File: ${path}\n+x\n*** End Patch`;
  for (const [tool, args] of [
    ["file_write", { path, content: "x" }],
    ["file_move", { from: "mine", to: path }],
    ["file_patch", { patch }],
  ] as const) {
    await expect(call(tool, args), tool).rejects.toThrow("git's own");
  }
  await expect(readFile(join(workspace, path))).rejects.toThrow();
});

test("it is read as any file, and a folder can be moved out", async () => {
  const { call, write, read } = await fileScene();
  await write("repo/.git/config", "[core]\n");
  expect(JSON.stringify(await call("file_read", { path: "repo/.git/config" }))).toContain("[core]");
  await expect(call("file_edit", { path: "repo/.git/config", version: "x", old: "core", new: "y" })).rejects.toThrow(
    "git's own",
  );
  expect(await read("repo/.git/config")).toBe("[core]\n");
});

test.each(PLAIN)("%s is a file like any other", async (path) => {
  const { call, read, workspace } = await fileScene();
  await mkdir(workspace, { recursive: true });
  await call("file_write", { path, content: "x" });
  expect(await read(path)).toBe("x");
});
