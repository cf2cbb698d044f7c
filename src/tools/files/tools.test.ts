import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { toolContext } from "../../../test/kit/tool-context.ts";
import type { Json } from "../../core/events.ts";
import type { Tool, ToolContext } from "../tool.ts";
import { fileTools } from "./tools.ts";

const [fileList, fileRead, fileWrite] = fileTools([]) as unknown as readonly [
  Tool<unknown>,
  Tool<unknown>,
  Tool<unknown>,
];

let folder: string;
let workspace: string;
let outside: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sparky-files-"));
  workspace = join(folder, "workspace", "ann");
  outside = join(folder, "workspace", "bob");
  await mkdir(outside, { recursive: true });
  await writeFile(join(outside, "secret.txt"), "bob's secret");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const contextWith = (signal = new AbortController().signal): ToolContext => toolContext({ workspace, signal });

/** Runs the tool as a run does; what is thrown comes out. */
function call(tool: Tool<unknown>, args: Json, context = contextWith()): Promise<Json> {
  const prepared = tool.prepare(args);
  if (!prepared.ok) return Promise.reject(new Error(prepared.error));
  if (prepared.kind !== "plain") throw new Error(`${tool.name} is not a plain tool`);
  return prepared.execute(context);
}

describe("writing a file", () => {
  test("creates the workspace and folders for the owner alone, and leaves nothing but the file", async () => {
    expect(await call(fileWrite, { path: "notes/today.md", content: "Grüße" })).toEqual({
      path: "notes/today.md",
      bytes: 7,
      version: expect.stringMatching(/^[0-9a-f]{12}$/),
      created: true,
    });
    expect(await readFile(join(workspace, "notes/today.md"), "utf8")).toBe("Grüße");
    expect(await readdir(join(workspace, "notes"))).toEqual(["today.md"]);
    expect((await stat(workspace)).mode & 0o777).toBe(0o700);
    expect((await stat(join(workspace, "notes/today.md"))).mode & 0o777).toBe(0o600);
  });

  test("replaces what was there, keeps its mode, and does the same when the call runs again", async () => {
    await call(fileWrite, { path: "a.sh", content: "a much longer text than the next" });
    await chmod(join(workspace, "a.sh"), 0o750);
    for (let attempt = 1; attempt <= 2; attempt++) {
      expect(await call(fileWrite, { path: "a.sh", content: "short" })).toMatchObject({ created: false });
      expect(await readFile(join(workspace, "a.sh"), "utf8")).toBe("short");
    }
    expect((await stat(join(workspace, "a.sh"))).mode & 0o777).toBe(0o750);
  });

  test("takes over the draft that a crashed attempt of the same call left", async () => {
    await mkdir(workspace);
    await writeFile(join(workspace, ".call.tmp"), "half of a very much longer te");
    await call(fileWrite, { path: "a.txt", content: "whole" });
    expect(await readdir(workspace)).toEqual(["a.txt"]);
    expect(await readFile(join(workspace, "a.txt"), "utf8")).toBe("whole");
  });

  test("leaves the old text when the run is stopped", async () => {
    await call(fileWrite, { path: "a.txt", content: "old" });
    const stopped = contextWith(AbortSignal.abort(new Error("stopped")));
    await expect(call(fileWrite, { path: "a.txt", content: "new" }, stopped)).rejects.toThrow();
    expect(await readdir(workspace)).toEqual(["a.txt"]);
    expect(await readFile(join(workspace, "a.txt"), "utf8")).toBe("old");
  });

  test.each([
    { when: "the text is over 1 MB", path: "a.txt", content: "ü".repeat(524_289), error: "at most 1 MB" },
    { when: "the path is a folder", path: "sub", content: "", error: '"sub" is a folder' },
    { when: "the path ends like a folder", path: "new/", content: "", error: '"new/" is a folder' },
    { when: "the path is the workspace", path: ".", content: "", error: '"." is a folder' },
    { when: "a part of the path is a file", path: "file/x", content: "", error: 'a part of "file/x" is a file' },
    { when: "the name is too long", path: "x".repeat(300), content: "", error: "is too long" },
  ])("is refused when $when", async ({ path, content, error }) => {
    await mkdir(join(workspace, "sub"), { recursive: true });
    await writeFile(join(workspace, "file"), "");
    await expect(call(fileWrite, { path, content })).rejects.toThrow(error);
    expect(await readdir(workspace)).toEqual(["file", "sub"]);
  });
});

describe("F17: no path leads out of the workspace", () => {
  const ways = [
    { way: "..", path: "../bob/secret.txt" },
    { way: ".. behind a folder", path: "sub/../../bob/secret.txt" },
    { way: "an absolute path", path: "/etc/hostname" },
    { way: "a Windows path", path: "C:\\secret.txt" },
    { way: "a link to a folder", path: "linked/secret.txt" },
    { way: "a link to a file", path: "secret-link" },
    { way: "a link to what does not exist yet", path: "dangling" },
    { way: "a folder behind a dangling link", path: "dangling/x.txt" },
    { way: "a zero byte", path: "a\0b" },
  ];

  beforeEach(async () => {
    await mkdir(join(workspace, "sub"), { recursive: true });
    await symlink(outside, join(workspace, "linked"));
    await symlink(join(outside, "secret.txt"), join(workspace, "secret-link"));
    await symlink(join(outside, "new.txt"), join(workspace, "dangling"));
  });

  test.each(ways)("neither to read, to write nor to list: $way", async ({ path }) => {
    const refusal = /is outside the workspace/;
    await expect(call(fileRead, { path })).rejects.toThrow(refusal);
    await expect(call(fileWrite, { path, content: "mine" })).rejects.toThrow(refusal);
    await expect(call(fileList, { path })).rejects.toThrow(refusal);
    expect(await readdir(outside)).toEqual(["secret.txt"]);
    expect(await readFile(join(outside, "secret.txt"), "utf8")).toBe("bob's secret");
  });

  test("a folder whose name begins like the workspace's is outside too", async () => {
    await mkdir(`${workspace}-old`);
    await expect(call(fileList, { path: "../ann-old" })).rejects.toThrow("outside");
  });

  test("a link inside the workspace is followed, and names that only look like .. are names", async () => {
    await writeFile(join(workspace, "sub", "..real"), "here");
    await symlink(join(workspace, "sub"), join(workspace, "inner"));
    expect(await call(fileRead, { path: "inner/..real" })).toMatchObject({ path: "sub/..real", text: "here" });
  });

  test("a workspace that is itself reached by a link works", async () => {
    await symlink(workspace, join(folder, "home-link"));
    const context = { ...contextWith(), workspace: join(folder, "home-link") };
    await call(fileWrite, { path: "sub/a.txt", content: "x" }, context);
    expect(await call(fileRead, { path: "sub/a.txt" }, context)).toMatchObject({ path: "sub/a.txt", text: "x" });
  });
});

describe("reading a file", () => {
  test("pages through a long file without cutting a character", async () => {
    const text = "aü€😀".repeat(50);
    await call(fileWrite, { path: "long.txt", content: text });
    let read = "";
    let offset: number | null = 0;
    let parts = 0;
    while (offset !== null && parts < 1000) {
      const part = await call(fileRead, { path: "long.txt", offset, limit: 7 });
      const { text: piece, next } = part as { text: string; next: number | null };
      read += piece;
      offset = next;
      parts++;
    }
    expect(read).toBe(text);
    expect(parts).toBeGreaterThan(70);
  });

  test("begins at the next character when the offset falls into one", async () => {
    await call(fileWrite, { path: "a.txt", content: "😀b" });
    expect(await call(fileRead, { path: "a.txt", offset: 1 })).toMatchObject({ offset: 4, text: "b", next: null });
  });

  test("keeps line ends and a byte order mark as they are", async () => {
    await call(fileWrite, { path: "a.txt", content: "\uFEFFa\r\n" });
    expect(await call(fileRead, { path: "a.txt" })).toMatchObject({ text: "\uFEFFa\r\n", size: 6 });
  });

  test.each([
    { when: "zero bytes", bytes: [0x61, 0, 0x62] },
    { when: "bytes that are no UTF-8", bytes: [0x61, 0xff, 0x62] },
    { when: "a character that the end of the file cuts off", bytes: [0x61, 0xe2, 0x82] },
  ])("says that a file is binary when it holds $when", async ({ bytes }) => {
    await mkdir(workspace);
    await writeFile(join(workspace, "a.bin"), Uint8Array.from(bytes));
    await expect(call(fileRead, { path: "a.bin" })).rejects.toThrow(`a binary file of ${bytes.length} bytes`);
  });

  test.each([
    { when: "the file is missing", args: { path: "none.txt" }, error: 'there is no "none.txt" in the workspace' },
    { when: "it is a folder", args: { path: "sub" }, error: '"sub" is a folder: file_list' },
    { when: "the offset is too far", args: { path: "a.txt", offset: 9 }, error: "has 1 bytes" },
    { when: "the part is too big", args: { path: "a.txt", limit: 300_000 }, error: "262144" },
    { when: "the path is empty", args: { path: "" }, error: "path" },
  ])("says what to do when $when", async ({ args, error }) => {
    await mkdir(join(workspace, "sub"), { recursive: true });
    await writeFile(join(workspace, "a.txt"), "a");
    await expect(call(fileRead, args)).rejects.toThrow(error);
  });

  test("does not hang on a named pipe", async () => {
    await mkdir(workspace);
    execFileSync("mkfifo", [join(workspace, "pipe")]);
    await expect(call(fileRead, { path: "pipe" })).rejects.toThrow("not an ordinary file");
    await expect(call(fileWrite, { path: "pipe", content: "" })).rejects.toThrow("not an ordinary file");
  });

  test("never shows the machine's own paths in an error", async () => {
    const error = await call(fileRead, { path: "none.txt" }).catch((thrown: unknown) => thrown);
    expect(String(error)).not.toContain(folder);
  });
});

describe("listing a folder", () => {
  test("a workspace that nobody wrote to is empty", async () => {
    expect(await call(fileList, {})).toEqual({ path: ".", entries: [], total: 0, next: null });
  });

  test("shows files, folders and links by name, page by page", async () => {
    await call(fileWrite, { path: "b.txt", content: "12345" });
    await call(fileWrite, { path: "a/c.txt", content: "" });
    await symlink(outside, join(workspace, "z"));
    const changedAt = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(await call(fileList, { path: ".", limit: 2 })).toEqual({
      path: ".",
      entries: [
        { name: "a", type: "folder", changedAt },
        { name: "b.txt", type: "file", size: 5, changedAt },
      ],
      total: 3,
      next: 2,
    });
    expect(await call(fileList, { offset: 2 })).toMatchObject({ entries: [{ name: "z", type: "link" }], next: null });
    expect(await call(fileList, { path: "a" })).toMatchObject({ path: "a", total: 1 });
  });

  test("tells a file and a missing folder apart", async () => {
    await call(fileWrite, { path: "b.txt", content: "" });
    await expect(call(fileList, { path: "b.txt" })).rejects.toThrow('"b.txt" is a file: file_read');
    await expect(call(fileList, { path: "none" })).rejects.toThrow('there is no "none"');
  });
});
