import { expect, test } from "vitest";
import type { Status } from "../../src/wire/api.ts";
import { headline } from "./headline.ts";

const run = (title: string, state: Status["running"][number]["state"]) =>
  ({ title, state }) as Status["running"][number];
const IDLE = {
  running: [],
  tasks: { pending: 0 },
  waiting: { approvals: 0, questions: 0, changes: 0 },
  agentLoop: true,
} as unknown as Status;

test.each<readonly [string, Partial<Status>, string]>([
  ["nothing happens", {}, "The agent is idle."],
  ["one works", { running: [run("Tidy up", "working")] }, "Working on “Tidy up”."],
  [
    "two work and one asks",
    {
      running: [run("Tidy up", "working"), run("Look", "stopping"), run("Ask", "waiting")],
      waiting: { approvals: 1, questions: 0, changes: 0 },
    },
    "Working on 2 things; 1 question waits for you.",
  ],
  [
    "some only ask",
    { running: [run("Ask", "waiting")], waiting: { approvals: 1, questions: 2, changes: 0 } },
    "3 questions wait for you.",
  ],
  [
    "a tool is new",
    { waiting: { approvals: 0, questions: 0, changes: 1 } },
    "1 new or changed tool or skill waits for you.",
  ],
  [
    "one asks and tools are new",
    { waiting: { approvals: 1, questions: 0, changes: 2 } },
    "1 question and 2 new or changed tools or skills wait for you.",
  ],
  ["one waits for something else", { running: [run("Book it", "waiting")] }, "The agent waits: Book it."],
  ["tasks are not worked on", { agentLoop: false }, "The task loop is off."],
  [
    "tasks wait for the loop",
    { agentLoop: false, tasks: { ...IDLE.tasks, pending: 2 } },
    "The task loop is off; 2 tasks wait.",
  ],
])("when %s, it is said in one sentence", (_, status, words) => expect(headline({ ...IDLE, ...status })).toBe(words));
