import { expect, test } from "vitest";
import { statusNamed, TASK_STATUSES } from "../cli/console/status-words.ts";
import { outcomeWord, runWord, taskWord } from "./state-words.ts";

test("a task that is completed is done wherever people read of it, and so is what a schedule did", () => {
  expect(TASK_STATUSES.map(taskWord)).toEqual(["queued", "working", "waits", "done", "failed", "cancelled"]);
  expect([runWord("completed"), outcomeWord("ran"), outcomeWord("ran late")]).toEqual(["done", "done", "done late"]);
});

test("what a newer server says is told in its own word", () => {
  for (const word of ["on_hold", "constructor", "__proto__"]) expect(runWord(word)).toBe(word.replaceAll("_", " "));
});

test("a status is named by its value, or by the word that lists show", () => {
  expect(["done", "Working", "queued", "completed", "in_progress", "nonsense"].map(statusNamed)).toEqual([
    ...["completed", "in_progress", "pending", "completed", "in_progress", "nonsense"],
  ]);
});
