import { expect, test } from "vitest";
import { statusNamed, TASK_STATUSES } from "../cli/console/status-words.ts";
import { outcomeWord, runWord, shownOutcome, shownRun, shownTask, taskWord, wordOfStatus } from "./state-words.ts";

test("a task that is completed is done wherever people read of it, and so is what a schedule did", () => {
  expect(TASK_STATUSES.map(wordOfStatus)).toEqual(["queued", "working", "waits", "done", "failed", "cancelled"]);
  const ran = (outcome: "ran" | "ran late") => outcomeWord({ outcome, reason: null, waitsFor: null });
  expect([runWord("completed"), ran("ran"), ran("ran late")]).toEqual(["done", "done", "done late"]);
});

test.each([
  { for: "approval", is: "asks", word: "waits for you" },
  { for: "question", is: "asks", word: "waits for you" },
  { for: "retry", is: "waiting", word: "waits" },
  { for: "tasks", is: "waiting", word: "waits" },
  { for: "limit", is: "waiting", word: "waits" },
])("what waits for $for $word, as a run, a task and an occurrence", ({ for: waitsFor, is, word }) => {
  expect(shownRun({ state: "waiting", waitsFor, reason: "Waits for your approval: shell ls" })).toBe(is);
  expect(shownTask({ status: "waiting", waitsFor, flaws: null })).toBe(is);
  expect(shownOutcome({ outcome: "running", waitsFor, reason: null })).toBe(is);
  expect(taskWord({ status: "waiting", waitsFor, flaws: null })).toBe(word);
});

test("what was done with a failed call says so in one word, as a run, a task and an occurrence", () => {
  const flaws = "one tool failed";
  expect([
    shownRun({ state: "completed", waitsFor: null, reason: flaws }),
    shownTask({ status: "completed", waitsFor: null, flaws }),
    shownOutcome({ outcome: "ran", waitsFor: null, reason: flaws }),
    shownOutcome({ outcome: "ran late", waitsFor: null, reason: flaws }),
  ]).toEqual(["flawed", "flawed", "flawed", "flawed"]);
  expect(taskWord({ status: "completed", waitsFor: null, flaws })).toBe("done with errors");
  expect(shownTask({ status: "failed", waitsFor: null, flaws: null })).toBe("failed");
});

test("what a newer server says is told in its own word", () => {
  for (const word of ["on_hold", "constructor", "__proto__"]) expect(runWord(word)).toBe(word.replaceAll("_", " "));
});

test("a status is named by its value, or by the word that lists show", () => {
  expect(["done", "Working", "queued", "completed", "in_progress", "nonsense"].map(statusNamed)).toEqual([
    ...["completed", "in_progress", "pending", "completed", "in_progress", "nonsense"],
  ]);
});
