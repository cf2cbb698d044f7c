import fc from "fast-check";
import { expect, test } from "vitest";
import { KnownSecrets, secretsIn } from "./known-secrets.ts";
import { MaskedStream, Masker } from "./masker.ts";

const SECRET = 'p/ss "wörd"\n&x=1+~(!)';
const masker = new Masker([
  { name: "A", value: SECRET },
  { name: "B", value: "hunter2hunter2" },
  { name: "SHORT", value: "1234567" },
]);

test.each([
  { as: "it is", text: SECRET },
  { as: "JSON", text: JSON.stringify({ a: SECRET }).slice(5, -1).slice(1, -1) },
  { as: "an address", text: encodeURIComponent(SECRET) },
  { as: "a form", text: new URLSearchParams({ a: SECRET }).toString().slice(2) },
  { as: "lower-case hex", text: encodeURIComponent(SECRET).replace(/%../g, (hex) => hex.toLowerCase()) },
])("a secret is masked written as $as", ({ text }) => {
  expect(masker.text(`<${text}>`)).toBe("<${secret:A}>");
});

test.each([0, 1, 2, 3, 4, 5])("base64 of a text that holds a secret after %i bytes tells nothing of it", (before) => {
  for (const form of ["base64", "base64url"] as const) {
    const encoded = Buffer.from(`${"x".repeat(before)}hunter2hunter2${"y".repeat(before)}`).toString(form);
    const shown = masker.text(encoded);
    expect(shown).toContain("${secret:B}");
    expect(Buffer.from(shown.replace("${secret:B}", ""), form).toString()).not.toContain("unter");
  }
});

test("a short one is not masked, nor what only looks like one", () => {
  expect(masker.text("1234567 hunter2hunter hunter2hunter1")).toBe("1234567 hunter2hunter hunter2hunter1");
});

test("of two that begin alike the longer is masked", () => {
  const both = new Masker([
    { name: "A", value: "abcdefgh" },
    { name: "B", value: "abcdefghijkl" },
  ]);
  expect(both.text("abcdefghijkl abcdefghijk")).toBe("${secret:B} ${secret:A}ijk");
});

/** Texts in which secrets, and beginnings of them, are likely. */
const likely = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "hunter2",
        "hunter2hunter2",
        "hunterhunter",
        SECRET,
        SECRET.slice(0, 5),
        encodeURIComponent(SECRET),
      ),
      fc.string({ maxLength: 6 }),
      fc.constant(Buffer.from("xhunter2hunter2").toString("base64")),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

test("a stream gives what the whole text would, however it is cut, and never a part of a secret before", () => {
  let masked = 0;
  fc.assert(
    fc.property(likely, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 }), (text, sizes) => {
      const stream = new MaskedStream(masker);
      let shown = "";
      for (let at = 0, n = 0; at < text.length; n++) {
        const size = sizes[n % sizes.length] ?? 1;
        shown += stream.add(text.slice(at, at + size));
        at += size;
        expect(masker.text(text).startsWith(shown)).toBe(true);
      }
      shown += stream.end();
      expect(shown).toBe(masker.text(text));
      expect(shown).not.toContain("hunter2hunter2");
      if (shown.includes("${secret:")) masked++;
    }),
    { numRuns: 500 },
  );
  expect(masked).toBeGreaterThan(50);
});

test("a value is masked in its texts and in the names of its fields; one without secrets is the same value", () => {
  const value = { hunter2hunter2: [SECRET, 1, null, { a: "hunter2hunter2" }] };
  expect(masker.value(value)).toEqual({ "${secret:B}": ["${secret:A}", 1, null, { a: "${secret:B}" }] });
  const clean = { a: [1] };
  expect(masker.value(clean)).toBe(clean);
  expect(JSON.parse(masker.json(JSON.stringify(value)))).toEqual(masker.value(value));
});

test("arguments are filled in where they refer to a secret, and a name that nobody set is told", () => {
  const known = new KnownSecrets();
  known.know("ann", [{ name: "KEY", value: "$&-value" }]);
  const args = { url: "https://x/?k=${secret:KEY}", list: ["${secret:KEY}"] };
  expect(secretsIn(args)).toEqual(["KEY"]);
  expect(known.filledIn(args)).toEqual({ url: "https://x/?k=$&-value", list: ["$&-value"] });
  expect(() => known.filledIn({ a: "${secret:OTHER}" })).toThrow("there is no secret called OTHER");
});

test("what was read in an earlier turn does not overwrite what a later one found", () => {
  const known = new KnownSecrets();
  const [early, late] = [known.turn(), known.turn()];
  known.know("ann", [{ name: "KEY", value: "the new value" }], late);
  known.know("ann", [{ name: "KEY", value: "the old value" }], early);
  expect(known.valueOf("KEY")).toBe("the new value");
});

test("without secrets nothing is looked through", () => {
  const known = new KnownSecrets();
  const value = { a: 1 };
  expect(known.value(value)).toBe(value);
  expect(known.stream().add("x")).toBe("x");
});

test("whatever the pages of a text are, put together they hold no secret, and everything else", () => {
  const plain = fc.constantFrom("a", "hun", "ter2", "é", "🙂", " ", "p/s");
  const piece = fc.oneof(plain, fc.constantFrom("hunter2hunter2", encodeURIComponent(SECRET)));
  let cut = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 20 }), (pieces, size) => {
      const text = pieces.join("");
      const pages: string[] = [];
      for (let at = 0; at < text.length; at += size) {
        const [from, to] = [Math.max(0, at - masker.reach), Math.min(text.length, at + size)];
        const around = text.slice(from, to + masker.reach);
        pages.push(masker.between(around, at - from, to - from));
      }
      const whole = masker.between(text, 0, text.length);
      const told = pages.join("");
      // One name stands on each page that a part of its secret would stand on.
      const once = (said: string): string => said.replace(/(?:\$\{secret:(\w)\})+/g, "<$1>");
      if (pages.length > 1 && whole !== text) cut++;
      expect(once(told)).toBe(once(whole));
    }),
    { numRuns: 2000 },
  );
  expect(cut).toBeGreaterThan(200);
});

test("the keys of models are masked beside the secrets, whichever is learned of first, and no call can name one", () => {
  const known = new KnownSecrets();
  known.maskKeys([
    { name: "OPENAI_API_KEY", value: "sk-0123456789" },
    { name: "SPARKY_MODEL_KEY", value: "lm-studio" },
  ]);
  known.know("ann", [{ name: "MINE", value: "my own value" }]);
  const text = "sk-0123456789, my own value, lm-studio";
  expect(known.text(text)).toBe("${secret:OPENAI_API_KEY}, ${secret:MINE}, lm-studio");
  expect(() => known.filledIn("${secret:OPENAI_API_KEY}")).toThrow("no secret called OPENAI_API_KEY");
  known.know("ann", []);
  known.maskKeys([{ name: "OPENAI_API_KEY", value: "sk-another-one-1" }]);
  // Whatever began with the one before may still be at work.
  const both = "${secret:OPENAI_API_KEY}, my own value, lm-studio, ${secret:OPENAI_API_KEY}";
  expect(known.text(`${text}, sk-another-one-1`)).toBe(both);
  known.maskKeys([]);
  expect(known.text(`${text}, sk-another-one-1`)).toBe(both);
});
