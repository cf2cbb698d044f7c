import type { Quirk } from "../quirk.ts";
import { WIRE_NAMES } from "../wires.ts";
import { FILTER, LENGTH } from "../words.ts";

const JSON_AS_TEXT = WIRE_NAMES.filter((wire) => wire !== "google");
const note = (args: string) => ({ calls: [{ name: "note", args }] });
const DONE = { text: ["All done."] };

const bad = (what: string, args: string, told: RegExp, on: Quirk["on"] = ["chat"]): Quirk => ({
  what: `arguments that are not JSON: ${what}`,
  on,
  sends: () => [note(args), note('{"text":"mended"}'), DONE],
  comes: { requests: 3, notes: ["mended"], answer: "All done.", sent: told },
});

/** F86 */
export const CALLS: readonly Quirk[] = [
  bad(
    "a comma too many",
    '{"text":"x",}',
    /not JSON: a name in double quotes is missing at character 13/,
    JSON_AS_TEXT,
  ),
  bad("an end in the middle", '{"text":"x', /not JSON: a string without its end begins at character 9/, JSON_AS_TEXT),
  bad("names without quotes", "{text: 1}", /not JSON: a name in double quotes is missing at character 2/),
  bad("words", "the text is x", /not JSON: there is no value at character 1/),
  bad("two objects", '{"text":"a"}{"text":"b"}', /not JSON: there is more at character 13/),
  bad("a fence around them", '```json\n{"text":"a"}\n```', /not JSON: there is no value at line 1, column 1/),
  bad("a line break in a string", '{"text":"a\nb"}', /a line break that is not escaped/),
  {
    what: "arguments that are JSON, but no object",
    on: JSON_AS_TEXT,
    sends: () => [note('["x"]'), note("7"), note("true"), DONE],
    comes: { requests: 4, notes: [], answer: "All done.", sent: /bad arguments for note/ },
  },
  {
    what: "arguments that are the text of JSON once more",
    on: JSON_AS_TEXT,
    sends: () => [note(JSON.stringify('{"text":"twice"}')), DONE],
    comes: { requests: 2, notes: ["twice"], answer: "All done." },
  },
  {
    what: "arguments with a name that JavaScript's objects have, which the library refuses",
    on: JSON_AS_TEXT,
    sends: () => [note('{"text":"x","__proto__":{"a":1}}'), DONE],
    comes: { requests: 2, notes: ["x"], answer: "All done." },
  },
  {
    what: "no arguments at all",
    on: JSON_AS_TEXT,
    sends: () => [note(""), DONE],
    comes: { requests: 2, notes: [""], answer: "All done." },
  },
  {
    what: "calls in a message that is cut by its length",
    sends: ({ name }) => [
      { calls: [{ name: "note", args: '{"text":"half of i"}' }], end: LENGTH[name] },
      note('{"text":"whole"}'),
      DONE,
    ],
    comes: { requests: 3, notes: ["whole"], answer: "All done.", sent: /cut off at its longest/ },
  },
  {
    what: "calls in a message that a content filter cuts",
    sends: ({ name }) => [{ calls: [{ name: "note", args: '{"text":"half"}' }], end: FILTER[name] }, DONE],
    comes: { requests: 2, notes: [], answer: "All done.", sent: /content filter stopped the message/ },
  },
];
