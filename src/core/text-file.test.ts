import { expect, test } from "vitest";
import { fileText } from "./text-file.ts";

const text = "NAME=ä😀\r\nB=2\n";
const wide = (mark: string, bigEndian: boolean): Buffer => {
  const bytes = Buffer.from(mark + text, "utf16le");
  return bigEndian ? bytes.swap16() : bytes;
};

test("F79: a byte order mark is no part of the text, and nothing else is taken away", () => {
  expect(fileText(Buffer.from(text), "f")).toBe(text);
  expect(fileText(Buffer.from(`\ufeff${text}`), "f")).toBe(text);
  expect(fileText(Buffer.from(`\ufeff\ufeff${text}`), "f")).toBe(`\ufeff${text}`);
  expect(fileText(Buffer.from(""), "f")).toBe("");
  expect(fileText(Buffer.from("\ufeff"), "f")).toBe("");
  expect(fileText(Buffer.from("a\0b: one zero is no encoding"), "f")).toBe("a\0b: one zero is no encoding");
});

test.each([
  ["UTF-16", wide("\ufeff", false)],
  ["UTF-16", wide("\ufeff", true)],
  ["UTF-16", wide("", false)],
  ["UTF-16", wide("", true)],
  ["UTF-32", Buffer.from([0xff, 0xfe, 0, 0, 65, 0, 0, 0])],
  ["UTF-32", Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 65])],
  ["UTF-32", Buffer.from([65, 0, 0, 0, 66, 0, 0, 0, 67, 0, 0, 0])],
])("F79: %s is told in words, with the file's name", (encoding, bytes) => {
  expect(() => fileText(bytes, "/home/ada/.env")).toThrow(
    expect.objectContaining({
      code: "invalid_input",
      message: `/home/ada/.env is written in ${encoding}, which is not read`,
    }),
  );
});
