import type { Command } from "commander";
import { FACT_KINDS, FACT_STATUSES } from "../../wire/fact-words.ts";
import { group, oneOf, verb, wholeNumber, type Execute } from "../command/command.ts";
import type { AddOptions, ListOptions } from "./facts.ts";

const A_FACT = "its id, or the id's first 4 or more characters";

export function addMemoryCommands(program: Command, execute: Execute): void {
  const memory = group(program, "memory", {
    summary: "What the agent remembers of you and of what you said.",
    examples: ["sparky memory list", 'sparky memory add "I live in Lisbon"', "sparky memory review"],
  });
  verb(memory, execute, "list", {
    summary: "List facts, the newest first.",
    examples: ["sparky memory list", "sparky memory list --about me --json"],
    options: [
      ["--about <node>", "only of this node: its name or id, or `me`"],
      ["-k, --kind <kind>", `only ${FACT_KINDS.join(", ")}`, oneOf(FACT_KINDS)],
      [
        "-s, --status <status>",
        `${FACT_STATUSES.join(", ")} or all (default: active)`,
        oneOf([...FACT_STATUSES, "all"]),
      ],
      ["-l, --limit <number>", "how many (default: 20)", wholeNumber(1, 500)],
      ["--cursor <cursor>", "go on where an earlier list ended (its `next`)"],
    ],
    run: async (context, args, options: ListOptions) => (await import("./facts.ts")).listFacts(context, args, options),
  });
  verb(memory, execute, "show <fact>", {
    summary: "Show a fact with its times and sources.",
    examples: ["sparky memory show fac7", "sparky memory show fac7 --json"],
    args: { fact: A_FACT },
    run: async (context, args) => (await import("./facts.ts")).showFact(context, args),
  });
  verb(memory, execute, "add <text>", {
    summary: "Remember something that you say yourself.",
    examples: [
      'sparky memory add "I live in Lisbon" --relation lives_in',
      'sparky memory add "Eve has a dog" --about Eve --kind profile',
    ],
    args: { text: "one sentence" },
    options: [
      ["--about <node>", "what it is about: a node's name or id (default: yourself)"],
      ["--relation <relation>", "such as lives_in or works_at: where there is one at a time, the one before ends"],
      ["-k, --kind <kind>", FACT_KINDS.join(", "), oneOf(FACT_KINDS)],
      ["--pin", "tell it to every run of yours"],
    ],
    run: async (context, args, options: AddOptions) => (await import("./facts.ts")).addFact(context, args, options),
  });
  verb(memory, execute, "correct <fact> <text>", {
    summary: "Put another sentence in a fact's place; the old one stays readable, with its times.",
    examples: ['sparky memory correct fac7 "I live in Porto"'],
    args: { fact: A_FACT, text: "how it is" },
    run: async (context, [fact = "", text = ""]) => (await import("./facts.ts")).patchFact(context, fact, { text }),
  });
  verb(memory, execute, "pin <fact>", {
    summary: "Tell a fact to every run of yours, or no longer.",
    examples: ["sparky memory pin fac7", "sparky memory pin fac7 --off"],
    args: { fact: A_FACT },
    options: [["--off", "no longer"]],
    run: async (context, [fact = ""], { off }: { off?: boolean }) =>
      (await import("./facts.ts")).patchFact(context, fact, { pinned: off !== true }),
  });
  verb(memory, execute, "review [fact] [answer]", {
    summary: "List what the agent proposes to remember, or answer one of it.",
    examples: ["sparky memory review", "sparky memory review fac7 yes"],
    args: { fact: A_FACT, answer: "yes: it is so; no: put it aside" },
    run: async (context, args) => (await import("./facts.ts")).reviewFacts(context, args),
  });
  verb(memory, execute, "forget <fact>", {
    summary: "Forget a fact for good: it is found, told and exported no more.",
    examples: ["sparky memory forget fac7", "sparky memory forget fac7 --yes"],
    args: { fact: A_FACT },
    options: [["-y, --yes", "do not ask"]],
    run: async (context, args, options: { yes?: boolean }) =>
      (await import("./facts.ts")).forgetFact(context, args, options),
  });
  verb(memory, execute, "export", {
    summary: "Write all facts that you may see, one a line as JSON.",
    examples: ["sparky memory export", "sparky memory export --json"],
    run: async (context) => (await import("./facts.ts")).exportFacts(context),
  });
}
