import { execFileSync } from "node:child_process";
import { link, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileScene } from "../../../test/kit/file-tools.ts";
import { KnownSecrets } from "../../core/known-secrets.ts";

async function scene() {
  const { folder, workspace, call, write } = await fileScene();
  await write("a.md", "# Title\nthe Needle here\nend\n");
  await write("src/b.ts", "const needle = 1;\n");
  await write("src/deep/c.ts", "needle\nneedle\n");
  await write("dist/out.js", "needle\n");
  await write("src/skip.log", "needle\n");
  await write("src/keep.log", "needle\n");
  await write(".gitignore", "dist/\n*.log\n");
  await write("src/.gitignore", "!keep.log\n");
  await write(".git/config", "needle\n");
  await write(".trash/x/d.md", "needle\n");
  await write("binary", Uint8Array.of(0x6e, 0x65, 0, 1));
  return { folder, workspace, call, write };
}

test("a search finds lines by a pattern, without what ignore files leave out, and counts what it passed over", async () => {
  const { call } = await scene();
  const found = await call("file_search", { pattern: "needle" });
  expect(found).toEqual({
    matches: [
      { path: "src/b.ts", line: 1, text: "const needle = 1;" },
      { path: "src/deep/c.ts", line: 1, text: "needle" },
      { path: "src/deep/c.ts", line: 2, text: "needle" },
      { path: "src/keep.log", line: 1, text: "needle" },
    ],
    searched: 6,
    passed: 1,
    more: false,
  });
  const { matches } = (await call("file_search", {
    pattern: "NEEDLE",
    ignoreCase: true,
    files: "*.md",
    around: 1,
  })) as never;
  expect(matches).toEqual([{ path: "a.md", line: 2, text: "the Needle here", before: ["# Title"], after: ["end"] }]);
  expect(await call("file_search", { pattern: "needle", ignored: true, limit: 2 })).toMatchObject({ more: true });
  expect(await call("file_search", { pattern: "= 1;", literal: true, path: "src" })).toMatchObject({
    matches: [{ path: "b.ts" }],
  });
});

test("files are found by name or by path, with folders, and what is ignored only when asked", async () => {
  const { call } = await scene();
  const paths = async (args: { name: string; ignored?: boolean }) =>
    ((await call("file_find", args)) as unknown as { found: { path: string }[] }).found.map(({ path }) => path);
  expect(await paths({ name: "*.ts" })).toEqual(["src/b.ts", "src/deep/c.ts"]);
  expect(await paths({ name: "src/**/*.log" })).toEqual(["src/keep.log"]);
  expect(await paths({ name: "*.log", ignored: true })).toEqual(["src/keep.log", "src/skip.log"]);
  expect(await paths({ name: "deep" })).toEqual(["src/deep"]);
  expect(await call("file_find", { name: "*", limit: 1 })).toEqual({
    found: [{ path: ".gitignore", type: "file" }],
    more: true,
  });
});

test("no link is followed, no hard link, pipe or foreign folder is read", async () => {
  const { folder, workspace, call } = await scene();
  const outside = join(folder, "bob");
  await mkdir(outside);
  await writeFile(join(outside, "secret.txt"), "bob's secret");
  await symlink(outside, join(workspace, "linked"));
  await symlink(join(outside, "secret.txt"), join(workspace, "secret-link"));
  await link(join(outside, "secret.txt"), join(workspace, "hard"));
  execFileSync("mkfifo", [join(workspace, "pipe")]);
  expect(await call("file_search", { pattern: "secret", ignored: true })).toMatchObject({ matches: [] });
  await expect(call("file_search", { pattern: "secret", path: "linked" })).rejects.toThrow("outside the workspace");
  expect(await call("file_find", { name: "secret*" })).toMatchObject({
    found: [{ path: "secret-link", type: "link" }],
  });
});

test("a pattern that takes for ever is ended by a stop, while everything else goes on", async () => {
  const { call, write } = await scene();
  await write("long.txt", `${"a".repeat(5000)}!`);
  const stop = new AbortController();
  let ticks = 0;
  const ticking = setInterval(() => ++ticks === 20 && stop.abort(new Error("stopped")), 5);
  await expect(
    call("file_search", { pattern: "^(a+)+$", files: "long.txt" }, { signal: stop.signal }).finally(() =>
      clearInterval(ticking),
    ),
  ).rejects.toThrow("stopped");
  expect(ticks).toBeGreaterThanOrEqual(20);
});

test("a long line is shown around its match, and no half of a character stays", async () => {
  const { call, write } = await scene();
  await write("long.txt", `${"😀".repeat(2000)}needle${"😀".repeat(2000)}`);
  const { matches } = (await call("file_search", { pattern: "needle", files: "long.txt" })) as unknown as {
    matches: { text: string }[];
  };
  expect(matches[0]?.text).toMatch(/^…😀+needle😀+…$/u);
  expect(matches[0]?.text.length).toBeLessThan(310);
});

test("a secret in a long line is masked before the line is cut, wherever the cut falls", async () => {
  const masking = new KnownSecrets();
  const secret = "correct-horse-battery-staple";
  masking.know("ann", [{ name: "HORSE", value: secret }]);
  const { call, write } = await scene();
  const shown: string[] = [];
  for (const before of [0, 60, 80, 95, 100, 108, 130]) {
    const line = `${"a".repeat(200)}${secret}${"b".repeat(before)}needle${"c".repeat(300 - before)}${secret}${"d".repeat(400)}`;
    await write("long.txt", `${line}\n${line.replace("needle", "nothing")}\n`);
    const found = await call("file_search", { pattern: "needle", files: "long.txt", around: 1 }, { masking });
    const { matches } = found as unknown as { matches: { text: string; after: string[] }[] };
    for (const text of [matches[0]?.text ?? "", ...(matches[0]?.after ?? [])]) {
      for (let at = 0; at + 8 <= secret.length; at++) expect(text).not.toContain(secret.slice(at, at + 8));
      shown.push(text);
    }
  }
  expect(shown.some((text) => text.startsWith("…${secret:HORSE}"))).toBe(true);
  expect(shown.every((text) => text.endsWith("…"))).toBe(true);
});

test.each([
  {
    what: "a pattern that is none",
    tool: "file_search",
    args: { pattern: "(" },
    says: "set `literal` to look for plain text",
  },
  {
    what: "a folder that is not there",
    tool: "file_search",
    args: { pattern: "x", path: "none" },
    says: 'there is no "none"',
  },
  { what: "a file", tool: "file_find", args: { name: "x", path: "a.md" }, says: "file_read shows it" },
  { what: "a folder outside", tool: "file_find", args: { name: "x", path: "../bob" }, says: "outside the workspace" },
])("$what is refused in words", async ({ tool, args, says }) => {
  const { call } = await scene();
  await expect(call(tool, args)).rejects.toThrow(says);
});
