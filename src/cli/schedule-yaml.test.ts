import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { schedule } from "../../test/golden/wire-samples.ts";
import { withWholePath } from "./schedule-change.ts";
import { exportedText, readEntries } from "./schedule-yaml.ts";

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "sparky-yaml-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "schedules.yaml"), text);
  return join(folder, "schedules.yaml");
}

const MINE = `# what runs at home
schedules:
  # the gardener: mother's idea
  - name: gardener # not too often
    when: every(12 hours)
    timezone: UTC
    overlap: queue
    prompt: file(gardener.md)

  - name: gone
    when: every(1 day)
    prompt: Old
`;

test("F44 an export into a file keeps its comments, its order and what did not change, and disables nothing", () => {
  const gardener = {
    ...schedule,
    name: "gardener",
    when: "every(12 hours)",
    timezone: "UTC",
    prompt: "file(/etc/x/gardener.md)",
  };
  const same = exportedText(MINE, [{ ...gardener, overlap: "queue" }], "/etc/x/schedules.yaml");
  expect(same).toContain("# what runs at home");
  expect(same).toContain("# the gardener: mother's idea\n  - name: gardener # not too often");
  expect(same).toContain("prompt: file(gardener.md)");
  expect(same).not.toContain("gone");
  expect(same).not.toContain("enabled");
  const changed = exportedText(MINE, [{ ...gardener, when: "every(2 hours)" }, schedule], "/etc/x/schedules.yaml");
  expect(changed).toContain("- name: gardener # not too often\n    when: every(2 hours)");
  expect(changed).not.toContain("overlap");
  expect(changed.indexOf("gardener")).toBeLessThan(changed.indexOf("smart_maintenance"));
});

test("what is exported is imported as it was", () => {
  const others = [
    {
      ...schedule,
      name: "a",
      state: "disabled",
      enabled: false,
      overlap: "cancel",
      metadata: { team: "x" },
      limits: { steps: 3 },
    },
    { ...schedule, name: "b", prompt: "Two lines:\n- and # this", maxFailures: 0 },
  ] as const;
  const file = fileWith(exportedText("", [...others], "/x"));
  expect(readEntries(file, 10)).toEqual([
    {
      name: "a",
      description: schedule.description,
      when: schedule.when,
      timezone: schedule.timezone,
      prompt: schedule.prompt,
      state: "disabled",
      overlap: "cancel",
      metadata: { team: "x" },
      limits: { steps: 3 },
    },
    {
      name: "b",
      description: schedule.description,
      when: schedule.when,
      timezone: schedule.timezone,
      prompt: others[1].prompt,
      maxFailures: 0,
    },
  ]);
});

test("an older file is understood: cycles of the loop become an interval", () => {
  const file = fileWith(`scheduled_tasks:
  - name: tidy
    schedule: 180
    prompt: Tidy up
    enabled: true
  - name: daily
    schedule: cron(0 9 * * *)
    prompt: file(prompts/daily.md)
    enabled: false
`);
  expect(readEntries(file, 10)).toEqual([
    { name: "tidy", when: "every(1800 seconds)", prompt: "Tidy up", state: "enabled" },
    { name: "daily", when: "cron(0 9 * * *)", prompt: `file(${join(file, "../prompts/daily.md")})`, state: "disabled" },
  ]);
});

test.each([
  ["schedules:\n\t- name: a", /tab/i],
  ["schedules: []", /names no schedules/],
  ["schedules:\n  - when: every(1 hour)\n    prompt: x", /schedule 1 has no name/],
  ["schedules:\n  - name: a\n    prompt: x", /schedule 1 \(a\) does not say when/],
  [
    "schedules:\n  - {name: a, when: every(1 day), prompt: x}\n  - {name: a, when: every(1 day), prompt: x}",
    /two of this name/,
  ],
])("a file with %j is refused, with the place", (text, message) => {
  expect(() => readEntries(fileWith(text), 10)).toThrow(message);
});

test("a file that is not there is refused", () => {
  expect(() => readEntries("/no/such.yaml", 10)).toThrow(/does not exist/);
});

test.each([
  ["file(a.md)", "/home/ada", "file(/home/ada/a.md)"],
  ["file( ../b.md )", "/home/ada", "file(/home/b.md)"],
  ["file(/x/c.md)", "/home/ada", "file(/x/c.md)"],
  ["Read file(a.md) aloud", "/home/ada", "Read file(a.md) aloud"],
])("F46 %s said in %s is %s, from every command", (prompt, folder, whole) => {
  expect(withWholePath(prompt, folder)).toBe(whole);
});
