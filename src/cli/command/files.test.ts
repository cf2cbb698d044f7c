import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sparky } from "../../../test/golden/scripted-cli.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { overApp } from "../../../test/kit/cli-app.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { png } from "../../../test/kit/files.ts";
import { pdfOf } from "../../../test/kit/pdf.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";

/** A task with files of a folder, added over a real server in this process. */
async function setUp() {
  const folder = await tempHome();
  const store = await sqlite.store();
  const app = await chatServer(store);
  const put = (name: string, bytes: string | Uint8Array) => writeFile(join(folder, name), bytes);
  const add = async (names: readonly string[]) => {
    const argv = ["agent", "tasks", "add", "Look", ...names.flatMap((name) => ["--file", join(folder, name)])];
    const { exit, stderr } = await sparky(argv, overApp(app, app.people.ann));
    return { exit, stderr: stderr.replaceAll(`${folder}/`, "") };
  };
  const left = async () => ({
    files: await store.db.selectFrom("files").select(["name", "chat_id"]).execute(),
    parts: (await store.db.selectFrom("file_parts").select("n").execute()).length,
    tasks: (await store.db.selectFrom("tasks").select("id").execute()).length,
  });
  return { folder, put, add, left };
}

test("a file that is none to be sent stops the whole command before anything is sent, and says what to do", async () => {
  const { folder, put, add, left } = await setUp();
  await put("good.txt", "good");
  await put("empty.txt", "");
  await put("big.bin", "");
  await truncate(join(folder, "big.bin"), 25 * 1024 * 1024 + 1);
  await put("in\u202everse.txt", "x");
  await mkdir(join(folder, "folder"));
  const another = "  try: name another file\n";
  const there = "  try: name a file that is there, and that you may read\n";
  const table: readonly (readonly [string, string])[] = [
    ["none.txt", `error: none.txt does not exist\n${there}`],
    ["good.txt/none.txt", `error: good.txt/none.txt cannot be read: ENOTDIR: not a directory\n${there}`],
    ["folder", "error: folder is a folder, not a file\n  try: name an ordinary file\n"],
    ["empty.txt", `error: empty.txt is empty\n${another}`],
    ["big.bin", `error: big.bin is larger than 25 MB\n${another}`],
    [
      "in\u202everse.txt",
      "error: the file’s name holds characters that cannot be seen\n  try: give it a plain name, like report.pdf\n",
    ],
  ];
  for (const [name, stderr] of table)
    expect([name, await add(["good.txt", name])]).toEqual([name, { exit: 2, stderr }]);
  expect(await add(Array<string>(500).fill("good.txt"))).toEqual({
    exit: 2,
    stderr: "error: 500 files are too many: at most 10 go along\n  try: send the rest with another message\n",
  });
  expect(await left()).toEqual({ files: [], parts: 0, tasks: 0 });
});

test("what the server refuses takes back what has been sent before it", async () => {
  const { put, add, left } = await setUp();
  await put("good.txt", "good");
  await put("notes.txt", png(1, 1));
  expect(await add(["good.txt", "notes.txt"])).toEqual({
    exit: 2,
    stderr: 'error: "notes.txt" is not text: its bytes are image/png\n  try: give the file the ending of what it is\n',
  });
  expect(await left()).toEqual({ files: [], parts: 0, tasks: 0 });
});

test("a PDF that the agent cannot read goes along, and whoever sends it is told", async () => {
  const { put, add, left } = await setUp();
  await put("kiln.pdf", pdfOf("Kiln", ["Clay"]));
  await put("locked.pdf", pdfOf("Locked", ["Clay"], { encrypted: true }));
  const { exit, stderr } = await add(["kiln.pdf", "locked.pdf"]);
  expect(exit).toBe(0);
  expect(stderr).toMatch(/^locked\.pdf, \d+ bytes \(not read: it opens with a password only\)\n/);
  expect(stderr).not.toContain("kiln.pdf");
  expect((await left()).files.map(({ name }) => name).sort()).toEqual(["kiln.pdf", "locked.pdf"]);
});
