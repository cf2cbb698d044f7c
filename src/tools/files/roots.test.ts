import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { toolContext } from "../../../test/kit/tool-context.ts";
import type { Json } from "../../core/events.ts";
import { parseToolSettings } from "../settings.ts";
import { parseRoots } from "./roots.ts";
import { fileTools } from "./tools.ts";

async function scene() {
  const folder = await tempHome();
  const at = (name: string): string => join(folder, name);
  const [home, books, notes, other] = [at("home"), at("books"), at("notes"), at("other")];
  for (const each of [home, books, notes, other]) await mkdir(each);
  await writeFile(join(books, "a.txt"), "a book");
  await writeFile(join(other, "a.txt"), "not for Ann");
  const text = JSON.stringify({
    roots: [{ path: books }, { path: notes, access: "write" }, { path: other, users: ["Bob"] }],
    file_write: { policy: "ask" },
  });
  const tools = fileTools(parseRoots(text, "tools.json", { home, owner: "Ann" }));
  const call = async (name: string, args: Json, callId = "call"): Promise<Json> => {
    const prepared = tools.find((tool) => tool.name === name)?.prepare(args);
    if (prepared?.ok !== true || prepared.kind !== "plain") throw new Error("it cannot be run");
    return prepared.execute(toolContext({ workspace: join(home, "workspace", "ann"), callId }));
  };
  return { folder, home, books, notes, other, text, call };
}

test("a root is read by absolute paths, and written only where tools.json says so", async () => {
  const { books, notes, call } = await scene();
  const [book, note] = [join(books, "a.txt"), join(notes, "deep/b.txt")];
  expect(await call("file_read", { path: book })).toMatchObject({ path: book, text: "a book" });
  expect(await call("file_list", { path: books })).toMatchObject({ path: books, total: 1 });
  expect(await call("file_write", { path: note, content: "mine" })).toMatchObject({ path: note, created: true });
  expect(await readFile(note, "utf8")).toBe("mine");
  for (const [name, args] of [
    ["file_write", { path: join(books, "b.txt"), content: "" }],
    ["file_delete", { path: book }],
    ["file_move", { from: book, to: join(books, "b.txt") }],
    ["file_edit", { path: book, version: "", old: "a", new: "b" }],
  ] as const) {
    await expect(call(name, args, name), name).rejects.toThrow("may only be read");
  }
});

test("nothing leads out of a root: neither .., nor a link, nor the root of another user", async () => {
  const { books, notes, other, call } = await scene();
  await symlink(other, join(books, "link"));
  for (const path of [join(other, "a.txt"), `${books}/../other/a.txt`, join(books, "link/a.txt"), "/etc/hostname"]) {
    await expect(call("file_read", { path }), path).rejects.toThrow("outside the workspace");
  }
  const known = `one in ${books} (to read), ${notes}`;
  await expect(call("file_read", { path: "/etc/hostname" })).rejects.toThrow(known);
});

test("what is deleted in a root goes to the root's own trash, and back", async () => {
  const { notes, call } = await scene();
  const note = join(notes, "b.txt");
  await writeFile(note, "b");
  const trash = join(notes, ".trash/one/b.txt");
  expect(await call("file_delete", { path: note }, "one")).toMatchObject({ trash });
  await call("file_move", { from: trash, to: note }, "two");
  expect(await readFile(note, "utf8")).toBe("b");
});

test.each([
  { what: "a relative path", roots: [{ path: "notes" }], says: "roots.0.path: must be an absolute path" },
  { what: "an unknown access", roots: [{ path: "/srv", access: "all" }], says: "roots.0.access" },
  { what: "an unknown field", roots: [{ path: "/srv", write: true }], says: "roots.0" },
])("a root with $what is refused, and says where", ({ roots, says }) => {
  const whose = { home: "/home/ann/.sparky", owner: "Ann" };
  expect(() => parseRoots(JSON.stringify({ roots }), "tools.json", whose)).toThrow(`tools.json: ${says}`);
});

test("a root that holds Sparky's home, or lies in it, is refused, by a link too", async () => {
  const { folder, home } = await scene();
  await symlink(home, join(folder, "link"));
  for (const path of ["/", folder, home, join(home, "logs"), join(folder, "link")]) {
    const text = JSON.stringify({ roots: [{ path }] });
    expect(() => parseRoots(text, "tools.json", { home, owner: "Ann" }), path).toThrow("holds Sparky's home");
  }
});

test("roots stand beside what is said of tools", async () => {
  const { text } = await scene();
  expect(parseToolSettings(text, "tools.json")).toEqual({ file_write: { policy: "ask" } });
});
