import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_REFERENCES, referencesIn, referenceText } from "./references.ts";

const servers = ["docs", "docs two", "a:b"];

test.each([
  { text: "@docs:file:///a.md", uris: ["docs file:///a.md"] },
  { text: "see (@docs:x://1), and @docs:x://2.", uris: ["docs x://1", "docs x://2"] },
  { text: "the longest name wins: @docs two:x://1 and @a:b:y", uris: ["docs two x://1", "a:b y"] },
  { text: "with blanks and an end: @docs:<file:///a b.md.>!", uris: ["docs file:///a b.md."] },
  { text: "twice is once: @docs:x @docs:x", uris: ["docs x"] },
  { text: "no word of its own: me@docs:x", uris: [] },
  { text: "no such server: @other:x, no address: @docs: and @docs:<>", uris: [] },
  { text: `as long as may be: @docs:${"x".repeat(2000)}). Then`, uris: [`docs ${"x".repeat(2000)}`] },
  { text: `too long: @docs:${"x".repeat(2001)}`, uris: [] },
  { text: `too long, with what ends a sentence in it: @docs:${"x".repeat(2000)}).${"y".repeat(500)}`, uris: [] },
  { text: `too long: @docs:<${"x".repeat(1999)}). ${"y".repeat(500)}>`, uris: [] },
])("in $text are found: $uris", ({ text, uris }) => {
  expect(referencesIn(text, servers).map(({ server, uri }) => `${server} ${uri}`)).toEqual(uris);
});

test("what is written is read again, whatever the address is", () => {
  const uri = fc.string({ minLength: 1, maxLength: 50, unit: "grapheme" }).filter((text) => !/[<>\n]/.test(text));
  fc.assert(
    fc.property(fc.constantFrom(...servers), uri, (server, address) => {
      const text = `before ${referenceText({ server, uri: address })} behind`;
      expect(referencesIn(text, servers)).toEqual([{ server, uri: address }]);
    }),
  );
});

test("a message refers to ten things at most, and a long one is looked through quickly", () => {
  const many = Array.from({ length: 100_000 }, (_, n) => `@docs:x${n}`).join(" ");
  expect(referencesIn(many, servers)).toHaveLength(MAX_REFERENCES);
  expect(referencesIn("@docs:".repeat(50_000), servers)).toEqual([]);
});
