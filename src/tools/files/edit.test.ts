import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { link, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileScene } from "../../../test/kit/file-tools.ts";

test("an edit shows what it changed, keeps the file's mode, and gives the version for the next", async () => {
  const { workspace, call, read } = await fileScene();
  await call("file_write", { path: "a.md", content: "# Title\n\nold text\n" });
  const { version } = await call("file_read", { path: "a.md" });
  const edited = await call("file_edit", { path: "a.md", version: version ?? "", old: "old", new: "new" });
  expect(edited).toMatchObject({ path: "a.md", replaced: 1, diff: expect.stringContaining("-old text\n+new text") });
  expect(await read("a.md")).toBe("# Title\n\nnew text\n");
  await call("file_edit", { path: "a.md", version: edited["version"] ?? "", old: "new", new: "newer" });
  expect(await read("a.md")).toBe("# Title\n\nnewer text\n");
  expect(await readdir(workspace)).toEqual(["a.md"]);
  expect((await stat(join(workspace, "a.md"))).mode & 0o777).toBe(0o600);
});

test("only the version that was read is changed, also when two calls of one step change it", async () => {
  const { call, write, read, versionOf } = await fileScene();
  await write("a.txt", "one two");
  const version = await versionOf("a.txt");
  const edits = ["one", "two"].map((old) => call("file_edit", { path: "a.txt", version, old, new: "X" }));
  const [first, second] = await Promise.allSettled(edits);
  expect(first?.status).toBe("fulfilled");
  expect(String(second?.status === "rejected" && second.reason)).toContain("read it again");
  expect(await read("a.txt")).toBe("X two");
});

test("the same call again after a crash does not edit twice", async () => {
  const { call, write, read, versionOf } = await fileScene();
  await write("a.txt", "x");
  const args = { path: "a.txt", version: await versionOf("a.txt"), old: "x", new: "xx" };
  const first = await call("file_edit", args, { callId: "same" });
  expect(await call("file_edit", args, { callId: "same" })).toEqual(first);
  expect(await read("a.txt")).toBe("xx");
});

test.each([
  { when: "it is not there", path: "none.txt", says: "file_write makes a new file" },
  { when: "it is binary", path: "binary", says: "a binary file of 3 bytes" },
  { when: "it has a second name", path: "linked", says: "hard link" },
  { when: "it is a pipe", path: "pipe", says: "not an ordinary file" },
  { when: "it is a folder", path: "folder", says: '"folder" is a folder' },
  { when: "it leads out", path: "out", says: "outside the workspace" },
  { when: "it is in the trash", path: ".trash/x", says: "in the trash" },
])("a file is not edited when $when", async ({ path, says }) => {
  const { folder, workspace, call, write } = await fileScene();
  await write("binary", Uint8Array.of(1, 0, 2));
  await writeFile(join(folder, "bobs"), "x");
  await link(join(folder, "bobs"), join(workspace, "linked"));
  await symlink(join(folder, "bobs"), join(workspace, "out"));
  execFileSync("mkfifo", [join(workspace, "pipe")]);
  await mkdir(join(workspace, "folder"));
  await expect(call("file_edit", { path, version: "v", old: "x", new: "y" })).rejects.toThrow(says);
  expect(await readFile(join(folder, "bobs"), "utf8")).toBe("x");
});

test("a text that is not there is answered by the nearest lines, one that is there twice by its lines", async () => {
  const { call, write, versionOf } = await fileScene();
  await write("a.txt", "the quick fox\nthe lazy dog\nthe quick fox\n");
  const version = await versionOf("a.txt");
  const edit = (old: string) => call("file_edit", { path: "a.txt", version, old, new: "" });
  await expect(edit("a lazy dog")).rejects.toThrow(
    "does not hold that text; the nearest lines are\n1: the quick fox\n2: the lazy dog",
  );
  await expect(edit("quick")).rejects.toThrow('2 times in "a.txt", from lines 1, 3');
});

test("a file is read by lines, and a part that is too long goes on by offset", async () => {
  const { call, write } = await fileScene();
  await write("a.txt", Array.from({ length: 100 }, (_, n) => `ü${n + 1}`).join("\n"));
  expect(await call("file_read", { path: "a.txt", fromLine: 3, toLine: 5 })).toMatchObject({
    ...{ text: "ü3\nü4\nü5\n", fromLine: 3, toLine: 5, lines: 100, next: null },
  });
  expect(await call("file_read", { path: "a.txt", fromLine: 99 })).toMatchObject({
    text: "ü99\nü100",
    toLine: 100,
    next: null,
  });
  const part = await call("file_read", { path: "a.txt", fromLine: 1, toLine: 9, limit: 10 });
  expect(part).toMatchObject({ text: "ü1\nü2\n", toLine: 2, next: 8 });
  expect(await call("file_read", { path: "a.txt", offset: 8, limit: 4 })).toMatchObject({ text: "ü3\n" });
  await expect(call("file_read", { path: "a.txt", fromLine: 101 })).rejects.toThrow("has no line 101: it has 100");
});

test("a file too big for a version is read all the same", async () => {
  const { call, write } = await fileScene();
  await write("big.txt", `${"x".repeat(4_194_303)}\nthe last line`);
  const last = await call("file_read", { path: "big.txt", fromLine: 2 });
  expect(last).toMatchObject({ text: "the last line", fromLine: 2, toLine: 2 });
  expect(last).not.toHaveProperty("version");
  await expect(call("file_edit", { path: "big.txt", version: "v", old: "x", new: "y" })).rejects.toThrow(
    "can be edited",
  );
});

test("what is deleted keeps its name in the trash, and the result says how it is restored", async () => {
  const { workspace, call, write, read } = await fileScene();
  await mkdir(join(workspace, "notes/deep"), { recursive: true });
  await write("notes/deep/a.txt", "kept");
  const gone = await call("file_delete", { path: "notes" }, { callId: "one" });
  expect(gone).toEqual({
    path: "notes",
    trash: ".trash/one/notes",
    restore: { tool: "file_move", from: ".trash/one/notes", to: "notes" },
  });
  expect(await readdir(workspace)).toEqual([".trash"]);
  expect(await call("file_read", { path: ".trash/one/notes/deep/a.txt" })).toMatchObject({ text: "kept" });
  await expect(call("file_delete", { path: ".trash/one" })).rejects.toThrow("in the trash already");
  await expect(call("file_delete", { path: ".trash" })).rejects.toThrow("in the trash already");
  const { tool: _, ...back } = gone["restore"] as { tool: string; from: string; to: string };
  await call("file_move", back);
  expect(await read("notes/deep/a.txt")).toBe("kept");
});

test("a move never writes over what is there, and a link is moved itself", async () => {
  const { folder, workspace, call, write, read } = await fileScene();
  await write("a.txt", "a");
  await write("b.txt", "b");
  await writeFile(join(folder, "bobs"), "bob's");
  await symlink(join(folder, "bobs"), join(workspace, "link"));
  await expect(call("file_move", { from: "a.txt", to: "b.txt" })).rejects.toThrow('"b.txt" is there already');
  await expect(call("file_move", { from: "a.txt", to: "../b" })).rejects.toThrow("outside");
  await expect(call("file_move", { from: ".", to: "x" })).rejects.toThrow("the whole workspace");
  await call("file_move", { from: "a.txt", to: "new/a.txt" }, { callId: "same" });
  await call("file_move", { from: "a.txt", to: "new/a.txt" }, { callId: "same" });
  expect(await read("new/a.txt")).toBe("a");
  await expect(call("file_move", { from: "new", to: "new/deeper" })).rejects.toThrow("into itself");
  await call("file_delete", { path: "link" }, { callId: "two" });
  expect(await readFile(join(folder, "bobs"), "utf8")).toBe("bob's");
  execFileSync("mkfifo", [join(workspace, "pipe")]);
  await expect(call("file_delete", { path: "pipe" })).rejects.toThrow("not an ordinary file");
});

test("F105 a folder swapped for a link that leads out lets nothing outside be edited, moved or deleted", async () => {
  const { folder, workspace, call, versionOf } = await fileScene();
  const outside = join(folder, "bob");
  for (const each of [join(workspace, "notes"), outside]) {
    await mkdir(each);
    await writeFile(join(each, "a.txt"), "text");
  }
  const version = await versionOf("notes/a.txt");
  const script = `
    const fs = require("node:fs");
    const [notes, kept, outside] = process.argv.slice(1);
    process.stdout.write("ready");
    for (;;) {
      try { fs.renameSync(notes, kept); fs.symlinkSync(outside, notes); } catch {}
      try { fs.unlinkSync(notes); fs.renameSync(kept, notes); } catch {}
    }`;
  const child = spawn(process.execPath, ["-e", script, join(workspace, "notes"), join(workspace, "kept"), outside], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    await once(child.stdout, "data");
    for (let n = 0; n < 60; n++) {
      await Promise.allSettled([
        call("file_edit", { path: "notes/a.txt", version, old: "text", new: "ann's" }),
        call("file_delete", { path: "notes/a.txt" }),
        call("file_move", { from: "notes/a.txt", to: "moved.txt" }),
      ]);
    }
  } finally {
    const gone = once(child, "close");
    child.kill("SIGKILL");
    await gone;
  }
  expect(await readdir(outside)).toEqual(["a.txt"]);
  expect(await readFile(join(outside, "a.txt"), "utf8")).toBe("text");
}, 60_000);
