import { expect, test } from "vitest";
import { chunksOf } from "../../../test/kit/graph-file.ts";
import { textOf } from "./text.ts";
import { xmlParts } from "./xml.ts";

async function read(text: string | Uint8Array, size?: number): Promise<readonly string[]> {
  const parts: string[] = [];
  for await (const part of xmlParts(textOf(chunksOf(text, size)))) {
    if (part.kind === "open")
      parts.push(`<${part.name}${[...part.attributes].map((each) => ` ${each.join("=")}`).join("")}`);
    else if (part.kind === "close") parts.push(`>${part.name}`);
    else if (part.text.trim() !== "") parts.push(part.text);
  }
  return parts;
}

test("what XML has is read: declarations, comments, sections, references, ends of lines, prefixes", async () => {
  const text = [
    '\ufeff<?xml version="1.0" encoding="UTF-8" ?>\r\n<!-- <no> & -->',
    '<a xmlns:y="u" b = \'x &lt; "y"\'\n\tc="&#x1F389;\tz"><y:d/><![CDATA[<&>]]>one\r\ntwo\rthree&amp;&#13;</a >',
    "<!-- end --><?go on?>\n",
  ].join("");
  const parts = ['<a xmlns:y=u b=x < "y" c=🎉 z', "<d", ">d", "<&>", "one\ntwo\nthree&\r", ">a"];
  for (const size of [1, 2, 3, 7, 10_000]) expect(await read(text, size)).toEqual(parts);
});

test.each([
  ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "line 1: a DOCTYPE is not read"],
  ["<a>&b;</a>", "line 1: &b; stands for nothing"],
  ["<a>\n\nx & y</a>", "line 1: & stands for nothing"],
  ["<a>&#0;</a>", "line 1: &#0; stands for nothing"],
  ["<a>&#x110000;</a>", "stands for nothing"],
  ["<a>\n<b>\n</a>", "line 3: </a> ends <b>"],
  ["<a></a></b>", "</b> ends nothing"],
  ["<a/><b/>", "more than one element at the top"],
  ["<a/>text", "outside of all elements"],
  ['<a b="1" b="2"/>', "the attribute b is there twice"],
  ["<a b=1/>", 'an attribute must be NAME="VALUE"'],
  ['<a b="<"/>', 'an attribute must be NAME="VALUE"'],
  ["<a <b/>", "a tag begins within a tag"],
  ["<1/>", "this is no tag of XML"],
  ["<a>\u0001</a>", "a character that XML does not have"],
  ['<?xml version="1.0" encoding="UTF-16"?><a/>', "the file says that it is UTF-16: save it as UTF-8"],
  ["<a>".repeat(101), "nested deeper than 100 levels"],
  ["<a>\n<b>text", "line 2: the file is not whole: <b> has no end"],
  ["<a>text", "the file is not whole"],
  ["", "line 1: the file is not whole"],
  [`<a>${"x".repeat(1_200_000)}</a>`, "is longer than 1024 KB"],
  [`<a b="${"x".repeat(1_200_000)}"/>`, "is longer than 1024 KB"],
])("%j is refused: %s", async (text, says) => {
  await expect(read(text, 65_536)).rejects.toThrow(says);
});

test("what is not UTF-8 is refused by its line", async () => {
  const bytes = Buffer.concat([Buffer.from("<a>\n\n"), Buffer.from([0xe4, 0x20]), Buffer.from("</a>")]);
  await expect(read(bytes)).rejects.toThrow("line 3: this is not UTF-8 text");
  await expect(read(Buffer.from("<a>ä").subarray(0, 4))).rejects.toThrow("in the middle of a character");
});
