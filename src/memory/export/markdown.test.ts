import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { HOSTILE_WORDS } from "../../../test/kit/hostile-words.ts";
import { people } from "../../../test/kit/members.ts";
import type { Store } from "../../store/database/store.ts";
import { addFact, removeFact } from "../../store/facts/change.ts";
import { markdownFiles } from "./markdown.ts";
import { Paths, safeName } from "./paths.ts";
import { zip, type ZipFile } from "./zip.ts";

async function pagesOf(store: Store, userId: string): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>();
  for await (const { path, text } of markdownFiles(store.db, userId)) pages.set(path, text);
  return pages;
}

eachEngine("the pages of an export", (engine) => {
  test("F53 are one for each node that its reader may see, with a link to each that it is joined to", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const rome = { type: "town", name: "Rome", content: "An old town", data: { founded: -753 } };
    await addGraph(store, "agent", [person("Eve"), person("Dan (young)"), rome], ["Eve lives_in Rome"]);
    await addGraph(
      store,
      ann.id,
      [person("Secret")],
      [{ source: { ref: "Secret" }, type: "knows", target: { ref: "Dan (young)" } }],
    );
    const about = { subject: "Eve", relation: "lives in" };
    await addFact(store, ann, { ...about, text: "Eve lives in *Oslo*", validFrom: 0 });
    await addFact(store, ann, { ...about, text: "Eve lives in Rome", validFrom: Date.UTC(2026, 2, 1) });
    await removeFact(store, ann, (await addFact(store, ann, { subject: "Eve", text: "Eve snores" })).fact.id);
    const pages = await pagesOf(store, ann.id);
    expect(pages.get("person/Eve.md")).toContain(
      [
        ...["## Facts", "", "- Eve lives in Rome (since 2026-03-01, said by ann)"],
        ...["- Eve lives in \\*Oslo\\* (retired, since 1970-01-01, until 2026-03-01, said by ann)", "", "## Edges"],
      ].join("\n"),
    );
    expect([...pages.keys()].toSorted()).toEqual([
      "person/Dan (young).md",
      "person/Eve.md",
      "person/Secret.md",
      "town/Rome.md",
    ]);
    expect(pages.get("town/Rome.md")?.replace(/(id|\w+At): ".*"/g, "$1: …")).toBe(
      [
        ...["---", "id: …", 'type: "town"', 'name: "Rome"', 'data: {"founded":-753}', "shared: true"],
        ...["createdAt: …", "updatedAt: …", "---", "", "# Rome", "", "An old town", "", "## Edges", ""],
        ...["- ← lives\\_in [Eve](../person/Eve.md)", ""],
      ].join("\n"),
    );
    expect(pages.get("person/Secret.md")).toContain("- knows → [Dan (young)](../person/Dan%20%28young%29.md)");
    const others = await pagesOf(store, bob.id);
    expect([...others.values()].join("")).not.toMatch(/Secret|## Facts/);
    expect(others.size).toBe(3);
  });
});

test("F53 hostile words make neither a path, a link, a picture nor a tag, and front matter that is theirs alone", async () => {
  const store = await sqlite.store();
  await people(store);
  const nodes = HOSTILE_WORDS.map((word) => ({ type: word, name: word, content: word, data: { [word]: word } }));
  await addGraph(store, "agent", nodes);
  const pages = await pagesOf(store, "agent");
  expect(pages.size).toBe(HOSTILE_WORDS.length);
  const names = new Set<unknown>();
  for (const [path, text] of pages) {
    expect(path.split("/")).toHaveLength(2);
    const [, front = "", body = ""] = /^---\n([^]*?)\n---\n([^]*)$/.exec(text) ?? [];
    const facts = parse(front) as { readonly name: string; readonly data: object };
    expect(facts.data).toEqual({ [facts.name]: facts.name });
    names.add(facts.name);
    expect(body.split("\n").filter((line) => line.startsWith("#"))).toHaveLength(1);
    expect(body).not.toMatch(/(?<!\\)[<[\]`]/);
  }
  expect(names).toEqual(new Set(HOSTILE_WORDS));
});

test.each([
  ["a/b\\c", "a_b_c"],
  ["..", "__"],
  [".hidden", "_hidden"],
  ["CON", "_CON"],
  ["nul.txt", "_nul.txt"],
  ["ends with a dot.", "ends with a dot"],
  ["  ", "_"],
  ['<>:"|?*', "_______"],
  ["tab\tline\n", "tab_line_"],
  ["\u202egnp.exe", "_gnp.exe"],
  ["x".repeat(300), `${"x".repeat(49)}…`],
  ["漢字 🎉", "漢字 🎉"],
])("the name %j is the file name %j", (name, is) => expect(safeName(name)).toBe(is));

test("names that differ only in case or in how a character is written lie beside each other", () => {
  const paths = new Paths();
  const nodes = ["Ann", "ann", "ANN", "e\u0301", "\u00e9"].map((name, at) => ({
    id: `${at}`.repeat(20),
    type: at === 1 ? "Person" : "person",
    name,
  }));
  expect(nodes.map((node) => paths.of(node))).toEqual([
    "person/Ann.md",
    "person/ann 111111.md",
    "person/ANN 222222.md",
    "person/é.md",
    "person/é 444444.md",
  ]);
});

async function zipped(files: Iterable<ZipFile>): Promise<Buffer> {
  async function* each(): AsyncGenerator<ZipFile> {
    yield* files;
  }
  const parts: Uint8Array[] = [];
  for await (const part of zip(each())) parts.push(part);
  return Buffer.concat(parts);
}

/** The files of a zip, by the list at its end, as its readers go. */
function unzipped(bytes: Buffer): ReadonlyMap<string, string> {
  const marked = (at: number, mark: number): number => {
    if (bytes.readUInt32LE(at) !== mark) throw new Error(`no ${mark.toString(16)} at ${at}`);
    return at;
  };
  const last = marked(bytes.length - 22, 0x06054b50);
  let [count, at] = [bytes.readUInt16LE(last + 10), bytes.readUInt32LE(last + 16)];
  if (count === 0xffff) {
    const where = marked(last - 20, 0x07064b50);
    const many = marked(Number(bytes.readBigUInt64LE(where + 8)), 0x06064b50);
    [count, at] = [Number(bytes.readBigUInt64LE(many + 32)), Number(bytes.readBigUInt64LE(many + 48))];
  }
  const files = new Map<string, string>();
  for (let n = 0; n < count; n++) {
    marked(at, 0x02014b50);
    const [crc, size, length] = [bytes.readUInt32LE(at + 16), bytes.readUInt32LE(at + 24), bytes.readUInt16LE(at + 28)];
    const name = bytes.toString("utf8", at + 46, at + 46 + length);
    const file = marked(bytes.readUInt32LE(at + 42), 0x04034b50) + 30;
    const content = bytes.subarray(file + length, file + length + size);
    if (bytes.toString("utf8", file, file + length) !== name || crc32(content) !== crc)
      throw new Error(`${name} is wrong`);
    files.set(name, content.toString());
    at += 46 + length;
  }
  return files;
}

test("a zip holds each file whole, one, none, or more than fit into the first kind of list", async () => {
  const few = [
    { path: "a/ä.md", text: "Ärger 🎉\n" },
    { path: "b.md", text: "" },
  ];
  expect([...unzipped(await zipped(few))]).toEqual(few.map(({ path, text }) => [path, text]));
  expect([...unzipped(await zipped([]))]).toEqual([]);
  const many = Array.from({ length: 65_600 }, (_, at) => ({ path: `${at}`, text: `${at}` }));
  expect(unzipped(await zipped(many)).size).toBe(many.length);
});
