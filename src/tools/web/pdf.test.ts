import { expect, test } from "vitest";
import { pdfOf } from "../../../test/kit/pdf.ts";
import { readPdf } from "./pdf.ts";

/** Not as a `Buffer`: the thread is not given one either. */
const bytesOf = (...args: Parameters<typeof pdfOf>): Uint8Array => new Uint8Array(pdfOf(...args));

test("where the time is up what was read until then is given, at least one page", async () => {
  const found = await readPdf(bytesOf("Firing clay", ["First the kiln", "Then the glaze"]), 0);
  expect(found).toMatchObject({ text: "[page 1]\nFirst the kiln", pages: { count: 2, read: 1 } });
  expect(found.notes).toEqual(["only the first 1 of its 2 pages were read: it is too much"]);
});

test("of one with very much text the first pages are read", async () => {
  const pages = Array<string>(500).fill("Clay and glaze, ".repeat(312));
  const found = await readPdf(bytesOf("Long", pages, { deflated: true }), 600_000);
  expect(found.pages?.count).toBe(500);
  expect(found.pages?.read).toBe(398);
  expect(found.text.length).toBeLessThan(2_000_000);
});
