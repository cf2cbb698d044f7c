import type { Command } from "commander";
import { MOST_TASKS_AT_ONCE } from "../../core/limit-words.ts";
import { ROLES } from "../../wire/roles.ts";
import { group, oneOf, positive, verb, wholeNumber, type Execute } from "../command/command.ts";
import type { AddOptions } from "./accounts.ts";
import type { InvitesOptions } from "./invites.ts";
import type { LimitsOptions } from "./limits.ts";
import type { PasskeyOptions } from "./passkeys.ts";
import type { SessionOptions } from "./sessions.ts";
import type { WorkOptions } from "./work.ts";

const NAME = { name: "who, as `sparky user list` shows them" };
const role = oneOf(ROLES);

const orNone =
  (parse: (value: string) => number) =>
  (value: string): number | "none" =>
    value === "none" ? value : parse(value);
const count = orNone(wholeNumber(1, 1_000_000_000_000));
const tasks = orNone(wholeNumber(1, MOST_TASKS_AT_ONCE));
const dollars = orNone(positive);

export function addPeopleCommands(program: Command, execute: Execute): void {
  const user = group(program, "user", {
    summary: "Accounts: who may come in, and what they may do.",
    examples: ["sparky user list", "sparky user login-link agent"],
  });
  verb(user, execute, "list", {
    summary: "List everybody who has an account.",
    examples: ["sparky user list", "sparky user list --json"],
    run: async (context) => (await import("./accounts.ts")).listAccounts(context),
  });
  verb(user, execute, "rights", {
    summary: "Print who may do what: by role, and by how one stands to the thing. It needs no server.",
    examples: ["sparky user rights", "sparky user rights --json"],
    run: async (context) => (await import("./rights.ts")).listRights(context),
  });
  verb(user, execute, "add <name>", {
    summary: "Add an account.",
    examples: ["sparky user add ann", "sparky user add cleo --role viewer"],
    args: { name: "small letters from a to z, digits, dots, _ and -; a letter first" },
    options: [["-r, --role <role>", "owner, admin, member or viewer (default: member)", role]],
    run: async (context, args, options: AddOptions) =>
      (await import("./accounts.ts")).addAccount(context, args, options),
  });
  verb(user, execute, "invite <name>", {
    summary: "Make a link by which somebody makes an account of their own, once, within seven days.",
    examples: ["sparky user invite dora", "sparky user invite dora --role viewer"],
    args: { name: "what you call them; they may choose another name" },
    options: [["-r, --role <role>", "owner, admin, member or viewer (default: member)", role]],
    run: async (context, args, options: AddOptions) => (await import("./invites.ts")).invite(context, args, options),
  });
  verb(user, execute, "invites", {
    summary: "List the invitations that hold still, or withdraw one.",
    examples: ["sparky user invites", "sparky user invites --json"],
    options: [["--revoke <invite>", "withdraw this one, by its id or the start of it"]],
    run: async (context, _, options: InvitesOptions) => (await import("./invites.ts")).invites(context, options),
  });
  verb(user, execute, "role <name> <role>", {
    summary: "Say what somebody may do: it counts at once, wherever they are signed in.",
    examples: ["sparky user role ann viewer", "sparky user role ann member"],
    args: { ...NAME, role: "owner, admin, member or viewer" },
    run: async (context, args) => (await import("./accounts.ts")).setRole(context, args),
  });
  verb(user, execute, "disable <name>", {
    summary: "Shut somebody out: what they have open ends at once, nothing lets them in, and their work is stopped.",
    examples: ["sparky user disable ann"],
    args: NAME,
    run: async (context, args) => (await import("./accounts.ts")).setDisabled(context, args, true),
  });
  verb(user, execute, "enable <name>", {
    summary: "Let somebody in again who was disabled.",
    examples: ["sparky user enable ann"],
    args: NAME,
    run: async (context, args) => (await import("./accounts.ts")).setDisabled(context, args, false),
  });
  verb(user, execute, "limits [name]", {
    summary:
      "Show what may be spent in somebody’s name in a day and a month, what was, and how many of their tasks may be at work at once; or set " +
      "it. What would go beyond waits, and goes on by itself.",
    examples: ["sparky user limits", "sparky user limits ann --tokens-per-day 100000", "sparky user limits ann --none"],
    args: { name: "whose; without it your own" },
    options: [
      ["--requests-per-day <number>", "requests to models: each step of a run is one; or `none`", count],
      ["--requests-per-month <number>", "the same for a calendar month, or `none`", count],
      ["--tokens-per-day <number>", "tokens of input and output together, or `none`", count],
      ["--tokens-per-month <number>", "the same for a calendar month, or `none`", count],
      ["--dollars-per-day <usd>", "what models cost (needs their prices), or `none`", dollars],
      ["--dollars-per-month <usd>", "the same for a calendar month, or `none`", dollars],
      ["--tasks-at-once <number>", "tasks at work at the same time, or `none`: the others wait in the queue", tasks],
      ["--none", "take all limits away"],
    ],
    run: async (context, args, options: LimitsOptions) => (await import("./limits.ts")).limits(context, args, options),
  });
  verb(user, execute, "work", {
    summary:
      "List all that is at work or waits, whoever’s it is, or stop one of it. What it is about is shown only where you may see the chat.",
    examples: ["sparky user work", "sparky user work --json"],
    options: [["--stop <run>", "stop this one, by its id or the start of it: its chat tells that you have"]],
    run: async (context, _, options: WorkOptions) => (await import("./work.ts")).work(context, options),
  });
  verb(user, execute, "set-password [name]", {
    summary:
      "Set a password, which is asked for or comes by stdin: never as an argument, which others can see. Whoever is signed in by the one before is signed out.",
    examples: ["sparky user set-password ann < password.txt", "sparky user set-password < password.txt"],
    args: { name: "whose; without it your own" },
    run: async (context, args) => (await import("./password.ts")).setPassword(context, args),
  });
  verb(user, execute, "sessions [name]", {
    summary: "List the browsers that somebody is signed in by, or sign one out.",
    examples: ["sparky user sessions", "sparky user sessions ann --json"],
    args: { name: "whose; without it your own" },
    options: [["--revoke <session>", "sign this one out, by its id or the start of it"]],
    run: async (context, args, options: SessionOptions) =>
      (await import("./sessions.ts")).sessions(context, args, options),
  });
  verb(user, execute, "passkeys [name]", {
    summary: "List the passkeys that somebody signs in by, or remove one, as of a device that is lost.",
    examples: ["sparky user passkeys", "sparky user passkeys ann --json"],
    args: { name: "whose; without it your own" },
    options: [["--remove <passkey>", "remove this one, by its id or the start of it"]],
    run: async (context, args, options: PasskeyOptions) =>
      (await import("./passkeys.ts")).passkeys(context, args, options),
  });
  verb(user, execute, "login-link [name]", {
    summary: "Make a link that signs in as this user, once, within ten minutes.",
    examples: ["sparky user login-link agent", "sparky user login-link owner"],
    args: { name: "your own name, which it is without one, or `agent`" },
    run: async (context, args) => (await import("../server/open.ts")).loginLink(context, args),
  });
}
