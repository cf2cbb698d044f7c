import type { Command } from "commander";
import { PREFERENCE_NAMES, PREFERENCE_WORDS, USUAL } from "../../core/preferences.ts";
import { group, verb, type Execute } from "../command/command.ts";
import { word } from "./word.ts";

const NAME = { name: "such as time.clock" };

export function addSettingsCommands(program: Command, execute: Execute): void {
  const settings = group(program, "settings", {
    summary: "What you prefer, here and in the web UI: which events are shown, the clock, notifications.",
    examples: ["sparky settings list", "sparky settings set events.thoughts off", "sparky settings reset time.clock"],
    more: PREFERENCE_NAMES.map((name) => `${name}: ${PREFERENCE_WORDS[name]} (usually ${word(USUAL[name])})`).join(
      "\n",
    ),
  });
  verb(settings, execute, "list", {
    summary: "List what you prefer.",
    examples: ["sparky settings list", "sparky settings list --json"],
    run: async (context) => (await import("./settings.ts")).listSettings(context),
  });
  verb(settings, execute, "get <name>", {
    summary: "Show one of them.",
    examples: ["sparky settings get time.clock"],
    args: NAME,
    run: async (context, args) => (await import("./settings.ts")).getSetting(context, args),
  });
  verb(settings, execute, "set <name> <value>", {
    summary: "Set one of them; every open page shows it at once.",
    examples: ["sparky settings set time.clock 24", "sparky settings set notify.quiet 22:00-07:00"],
    args: { ...NAME, value: "on or off, or one of the words that `sparky settings` tells" },
    run: async (context, args) => (await import("./settings.ts")).setSetting(context, args),
  });
  verb(settings, execute, "reset <name>", {
    summary: "Set one of them back to what is usual.",
    examples: ["sparky settings reset events.thoughts"],
    args: NAME,
    run: async (context, args) => (await import("./settings.ts")).resetSetting(context, args),
  });
}
