import { expect, test } from "vitest";
import { placeWords, readSchedulesFile } from "./schedules-file.ts";

async function read(text: string): Promise<{ names: string[]; problems: string[] }> {
  const { entries, problems } = await readSchedulesFile(text, 10);
  return {
    names: entries.map((entry) => entry.schedule.name),
    problems: problems.map((problem) => placeWords("s.yaml", problem)),
  };
}

test("an older file is understood: cycles of the loop become an interval, and its words for yes and no count", async () => {
  const { entries, problems } = await readSchedulesFile(
    `scheduled_tasks:
  - name: tidy
    interval: 180
    prompt: Tidy up
    metadata:
      source: tidy
    enabled: yes
  - name: often
    interval: 0
    prompt: Look
  - name: daily
    schedule: cron(0 9 * * *)
    prompt: file(prompts/daily.md)
    enabled: false
`,
    10,
  );
  expect(problems).toEqual([]);
  expect(entries.map((entry) => entry.schedule)).toEqual([
    { name: "tidy", when: "every(1800 seconds)", prompt: "Tidy up", metadata: { source: "tidy" }, state: "enabled" },
    { name: "often", when: "every(10 seconds)", prompt: "Look" },
    { name: "daily", when: "cron(0 9 * * *)", prompt: "file(prompts/daily.md)", state: "disabled" },
  ]);
  expect(entries[2]?.lineOf("when")).toBe(12);
});

test("a file may name its schedules by keys, and share settings by an anchor", async () => {
  const text = `tidy: &tidy\n  when: every(1 day)\n  prompt: Tidy\nagain: *tidy\n`;
  expect(await read(text)).toEqual({ names: ["tidy", "again"], problems: [] });
});

const entry = (fields: string): string => `schedules:
  - name: before
    when: every(1 day)
    prompt: Look
  - ${fields.split("\n").join("\n    ")}
  - name: after
    when: every(1 day)
    prompt: Look
`;

test.each([
  ["when: every(1 hour)\nprompt: x", "s.yaml:5: the schedule has no name"],
  ["name: 7\nwhen: every(1 hour)\nprompt: x", "s.yaml:5: the schedule has no name"],
  ["name: a b\nwhen: every(1 hour)\nprompt: x", /^s.yaml:5: a b: name: must be 1 to 100 letters/],
  ["name: a\nprompt: x", "s.yaml:5: a: when: is required"],
  ["name: a\nwhen: every(1 hour)", "s.yaml:5: a: prompt: is required"],
  ["name: a\nwhen: every(1 hour)\nprompt: [x]", "s.yaml:7: a: prompt: must be a string"],
  ["name: a\nprompt: x\nwhen: cron(61 * * * *)", /^s.yaml:7: a: cron\(61 \* \* \* \*\): .*minute.*61/],
  ["name: a\nprompt: x\ninterval: every(1 second)", 's.yaml:7: a: "every(1 second)" is too often'],
  ["name: a\nprompt: x\nwhen: at(2026-02-30T09:00)", "s.yaml:7: a: at(2026-02-30T09:00) is not a time that exists"],
  ["name: a\nprompt: x\nwhen: cron(0 0 30 2 *)", "s.yaml:7: a: cron(0 0 30 2 *) never comes"],
  [
    "name: a\nwhen: every(1 hour)\ntimezone: Mars/Olympus\nprompt: x",
    's.yaml:7: a: timezone: there is no zone "Mars/Olympus"',
  ],
  ["name: a\nwhen: every(1 hour)\nprompt: x\nenabled: perhaps", "s.yaml:8: a: enabled: must be true or false"],
  ["name: a\nwhen: every(1 hour)\nprompt: x\noverlap: run", "s.yaml:8: a: overlap: must be one of skip, queue, cancel"],
  ["name: a\nwhen: every(1 hour)\nprompt: x\ncolour: red", 's.yaml:8: a: unknown field "colour"'],
  ["name: before\nwhen: every(1 hour)\nprompt: x", "s.yaml:5: before: line 2 has a schedule of this name already"],
  ["just words", "s.yaml:5: is not a schedule with its fields"],
])("an entry with %j is told with its place, and the others go on", async (fields, message) => {
  const { names, problems } = await read(entry(fields));
  expect(names).toEqual(["before", "after"]);
  expect(problems).toEqual([typeof message === "string" ? message : expect.stringMatching(message)]);
});

test.each([
  ["schedules:\n\t- name: a", "s.yaml:2: Tabs are not allowed as indentation"],
  ["schedules: []", "s.yaml:1: the file names no schedules"],
  ["", "s.yaml:1: the file names no schedules"],
  ["# nothing\n", "s.yaml:1: the file names no schedules"],
  ["schedules:\n  - name: a\n    name: b", "s.yaml:3: Map keys must be unique"],
  ["schedules: [", /^s.yaml:1: /],
  ["schedules: words", "s.yaml:1: the file names no schedules"],
])("a file with %j is refused as a whole, with the place", async (text, message) => {
  const { names, problems } = await read(text);
  expect(names).toEqual([]);
  expect(problems).toEqual([typeof message === "string" ? message : expect.stringMatching(message)]);
});

test("a file that is too big is refused", async () => {
  const { problems } = await read(`# ${"x".repeat(1_048_576)}`);
  expect(problems).toEqual(["s.yaml:1: the file is larger than 1 MB"]);
});

test("aliases that would blow up are refused", async () => {
  const levels = Array.from({ length: 12 }, (_, i) => `  l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`).join("\n");
  const { names, problems } = await read(`schedules:\n- name: a\n  l0: &l0 [x]\n${levels}\n`);
  expect(names).toEqual([]);
  expect(problems).toHaveLength(1);
});

const NINE = (of: string): string => `[${Array.from({ length: 9 }, () => of).join(", ")}]`;

test.each([
  [
    "an anchor within itself",
    "schedules:\n  - &a\n    name: x\n    when: every(1 day)\n    prompt: y\n    metadata: *a\n",
  ],
  ["a list that is its own entry", "schedules: &s\n  - *s\n"],
  ["a merge of itself", "schedules:\n  - &a\n    <<: *a\n    name: x\n"],
  ["a schedule that is its own prompt", "- &a {name: x, when: every(1 day), prompt: *a}"],
  [
    "a bomb of aliases",
    `a: &a ${NINE("x")}\nb: &b ${NINE("*a")}\nc: &c ${NINE("*b")}\nd: &d ${NINE("*c")}\ne: &e ${NINE("*d")}\n` +
      "schedules:\n  - {name: x, when: every(1 day), prompt: y, metadata: {k: *e}}\n",
  ],
  ["an alias of nothing", "schedules:\n  - *none\n"],
  ["brackets without end", "[".repeat(20_000)],
])("F106 %s is a problem of the file, told with its line", async (_what, text) => {
  const { entries, problems } = await readSchedulesFile(text, 10);
  expect(entries).toEqual([]);
  expect(problems).toEqual([expect.objectContaining({ line: expect.any(Number), message: expect.any(String) })]);
});
