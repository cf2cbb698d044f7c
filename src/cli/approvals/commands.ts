import { InvalidArgumentError, type Command } from "commander";
import type { ListOptions } from "./approvals.ts";
import type { DecideOptions } from "./decide.ts";
import type { AnswerOptions } from "./questions.ts";
import { group, repeated, verb, wholeNumber, type Execute } from "../command/command.ts";
import { momentAhead, type Moment } from "../command/moment.ts";

const ID = { id: "the approval's id, or its first 4 or more characters" };

/** What people decide over a run that works on its own, and what they have missed of it. */
export function addApprovalCommands(program: Command, execute: Execute): void {
  const approvals = group(program, "approvals", {
    summary: "What the agent asks before it acts, and what it asks you.",
    examples: [
      "sparky approvals list",
      "sparky approvals approve 7kq2",
      'sparky approvals deny 7kq2 --note "not on Sundays"',
      "sparky approvals questions",
      'sparky approvals answer 5zt8 "the second one"',
    ],
  });
  verb(approvals, execute, "list", {
    summary: "List what waits for an answer, the newest first.",
    examples: ["sparky approvals list", "sparky approvals list --all --limit 5", "sparky approvals list --json"],
    options: [
      ["--all", "the answered, expired and withdrawn ones too"],
      ["-l, --limit <number>", "how many (default: 20)", wholeNumber(1, 200)],
      ["--cursor <cursor>", "go on where an earlier list ended (its `next`)"],
    ],
    run: async (context, args, options: ListOptions) =>
      (await import("./approvals.ts")).listApprovals(context, args, options),
  });
  verb(approvals, execute, "get <id>", {
    summary: "Show one, with the exact arguments that the answer is about.",
    examples: ["sparky approvals get 7kq2", "sparky approvals get 7kq2 --json"],
    args: ID,
    run: async (context, args) => (await import("./approvals.ts")).showApproval(context, args),
  });
  verb(approvals, execute, "approve <id>", {
    summary: "Say yes: the call runs. The first answer counts.",
    examples: [
      "sparky approvals approve 7kq2",
      "sparky approvals approve 7kq2 --scope run",
      "sparky approvals approve 7kq2 --scope until:8h",
      'sparky approvals approve 7kq2 --scope run --rule "git log *" --rule "npm test"',
    ],
    args: ID,
    options: [
      ["--scope <scope>", "what the yes covers: call (default), run, or until:TIME for this tool", scope],
      ["--rule <rule>", "with such a scope: only commands like these, as git log * (may be repeated)", repeated],
      ["--note <text>", "a word on it, kept with the answer"],
    ],
    run: async (context, args, options: DecideOptions) =>
      (await import("./decide.ts")).decide(context, args, options, "approve"),
  });
  verb(approvals, execute, "deny <id>", {
    summary: "Say no: the call does not run, and the agent is told so.",
    examples: ["sparky approvals deny 7kq2", 'sparky approvals deny 7kq2 --note "use the copy instead"'],
    args: ID,
    options: [["--note <text>", "why, or what to do instead: the agent reads it"]],
    run: async (context, args, options: DecideOptions) =>
      (await import("./decide.ts")).decide(context, args, options, "deny"),
  });
  verb(approvals, execute, "questions", {
    summary: "List what the agent asks you, with the choices, the newest first.",
    examples: ["sparky approvals questions", "sparky approvals questions --all", "sparky approvals questions --json"],
    options: [
      ["--all", "the answered, expired and withdrawn ones too"],
      ["-l, --limit <number>", "how many (default: 20)", wholeNumber(1, 200)],
      ["--cursor <cursor>", "go on where an earlier list ended (its `next`)"],
    ],
    run: async (context, args, options: ListOptions) =>
      (await import("./questions.ts")).listQuestions(context, args, options),
  });
  verb(approvals, execute, "answer <id> [words]", {
    summary: "Answer a question: the run goes on with it. The first answer counts.",
    examples: ['sparky approvals answer 5zt8 "the second one"', "sparky approvals answer 5zt8 --decline"],
    args: { id: "the question's id, or its first 4 or more characters", words: "the answer" },
    options: [
      ["--field <name=value>", "a field of a form; give it once for each", repeated],
      ["--decline", "you will not say"],
    ],
    run: async (context, args, options: AnswerOptions) =>
      (await import("./questions.ts")).answer(context, args, options),
  });
  verb(approvals, execute, "grants", {
    summary: "List the standing yeses: a tool for a whole run, or until a time.",
    examples: ["sparky approvals grants", "sparky approvals grants --json"],
    run: async (context) => (await import("./grants.ts")).listGrants(context),
  });
  verb(approvals, execute, "revoke <id>", {
    summary: "Take a standing yes back: the next call asks again.",
    examples: ["sparky approvals revoke 9wx4"],
    args: { id: "the grant's id, or its first 4 or more characters" },
    run: async (context, args) => (await import("./grants.ts")).revokeGrant(context, args),
  });
  verb(program, execute, "away", {
    summary: "Show what happened in your chats since you saw them.",
    examples: ["sparky away", "sparky away --mark", "sparky away --json"],
    options: [["--mark", "remember that you have seen what is shown"]],
    run: async (context, args, options: { mark?: true }) =>
      (await import("../overview/away.ts")).showAway(context, args, options),
  });
}

/** `call`, `run` or `until:TIME`, in the words of the API. */
function scope(value: string): Moment {
  if (value === "call" || value === "run") return () => value;
  const [, at] = /^until[: ](.+)$/.exec(value) ?? [];
  if (at !== undefined) {
    const end = momentAhead(at);
    return (now) => `until ${end(now)}`;
  }
  throw new InvalidArgumentError("It must be call, run, or until: and a time or a span, such as until:8h.");
}
