import fc from "fast-check";
import { expect, test } from "vitest";
import { KnownSecrets } from "../core/known-secrets.ts";
import { bytesPage } from "./bytes-page.ts";

const none = new KnownSecrets();

function textOf(text: string) {
  const bytes = Buffer.from(text);
  let most = 0;
  const read = async (from: number, to: number): Promise<Uint8Array> => {
    most = Math.max(most, to - from);
    return bytes.subarray(from, to);
  };
  return { size: bytes.length, read, most: () => most };
}

async function pagesOf(text: ReturnType<typeof textOf>, limit: number, masking = none) {
  const pages: string[] = [];
  for (let offset: number | null = 0; offset !== null;) {
    const page = await bytesPage(text, { offset, limit }, masking);
    pages.push(page.text);
    offset = page.next;
  }
  return pages;
}

test("F31 the pages of any text make up the whole, and none splits a character or is too big", async () => {
  const texts = fc
    .string({ unit: "binary", minLength: 1, maxLength: 60 })
    .map((unit) => unit.toWellFormed().replace(/^\ufeff+/, ""))
    .chain((unit) => fc.integer({ min: 1, max: 500 }).map((times) => unit.repeat(times)));
  let many = 0;
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 1, max: 24_000 }), async (whole, limit) => {
      const pages = await pagesOf(textOf(whole), Math.max(limit, Math.ceil(whole.length / 50)));
      expect(pages.join("")).toBe(whole);
      expect(pages.every((page) => page.isWellFormed())).toBe(true);
      expect(Math.max(...pages.map((page) => Buffer.byteLength(JSON.stringify(page))))).toBeLessThanOrEqual(30_000);
      if (pages.length > 1) many++;
    }),
    { numRuns: 60 },
  );
  expect(many).toBeGreaterThan(10);
});

test("of a long text no more is read than a page needs", async () => {
  const text = textOf("Clay and glaze. ".repeat(1_000_000));
  const { next, total } = await bytesPage(text, { offset: 9_000_000, limit: 8000 }, none);
  expect([next, total]).toEqual([9_008_000, 16_000_000]);
  expect(text.most()).toBeLessThan(30_000);
  expect(await bytesPage(text, { offset: 99_000_000, limit: 10 }, none)).toMatchObject({ text: "", next: null });
});

test("of a text whose bytes are lost there is no next page", async () => {
  const lost = { size: 100, read: async () => new Uint8Array() };
  expect(await bytesPage(lost, { offset: 0, limit: 10 }, none)).toMatchObject({ text: "", next: null });
});

test("the mark at its head is no part of a text, and a place within a character is the next one's", async () => {
  expect(await pagesOf(textOf("\ufeffünï 🙂"), 4)).toEqual(["ünï", " 🙂"]);
  expect((await bytesPage(textOf("🙂ü"), { offset: 2, limit: 9 }, none)).text).toBe("ü");
});

test.each([1, 4, 7, 30])("a secret is not found by pages of %i characters", async (limit) => {
  const secret = "wörter-and-hunter2";
  const masking = new KnownSecrets();
  masking.know("ann", [{ name: "KEY", value: secret }]);
  const pages = await pagesOf(textOf(`key: ${secret}\nand "${secret}" again`), limit, masking);
  expect(pages.join("").replace(/(?:\$\{secret:KEY\})+/g, "<KEY>")).toBe('key: <KEY>\nand "<KEY>" again');
});
