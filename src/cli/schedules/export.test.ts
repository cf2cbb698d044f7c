import { expect, test } from "vitest";
import { schedule } from "../../../test/golden/wire-samples.ts";
import { readSchedulesFile } from "../../wire/schedules-file.ts";
import { withWholePath } from "./change.ts";
import { exportedText } from "./export.ts";

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

test("a prompt below the server's own folder is written so that every file and command means the same", () => {
  const text = exportedText("", [{ ...schedule, prompt: "file(prompts/tidy.md)" }], "/etc/x/schedules.yaml");
  expect(text).toContain("prompt: file($SPARKY_HOME/prompts/tidy.md)");
  expect(exportedText(text, [{ ...schedule, prompt: "file(prompts/tidy.md)" }], "/etc/x/schedules.yaml")).toBe(text);
});

test("what is exported is imported as it was", async () => {
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
  const { entries, problems } = await readSchedulesFile(exportedText("", [...others], "/x"), 10);
  expect(problems).toEqual([]);
  expect(entries.map((entry) => entry.schedule)).toEqual([
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

test.each([
  ["file(a.md)", "/home/ada", "file(/home/ada/a.md)"],
  ["file( ../b.md )", "/home/ada", "file(/home/b.md)"],
  ["file($SPARKY_HOME/prompts/c.md)", "/home/ada", "file(prompts/c.md)"],
  ["file(/x/c.md)", "/home/ada", "file(/x/c.md)"],
  ["Read file(a.md) aloud", "/home/ada", "Read file(a.md) aloud"],
])("F46 %s said in %s is %s, from every command", (prompt, folder, whole) => {
  expect(withWholePath(prompt, folder)).toBe(whole);
});
