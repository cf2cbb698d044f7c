import type { Effort } from "../../core/effort.ts";
import { EFFORTS } from "../../core/efforts.ts";
import { oneOf, type OptionSpec } from "./command.ts";

/** A model as it is named on the command line, for a chat, a task or a schedule: `default` is none of its own. */
export function chosenModel(name: string): string | null {
  return name === "default" ? null : name;
}

export type EffortWord = Effort | "default";

const WORDS: readonly EffortWord[] = ["default", ...EFFORTS];

/** `of`: who says it where it is not said: what `default` stands for. */
export function effortOption(of: string): OptionSpec {
  return ["--effort <effort>", `how hard its model thinks: ${EFFORTS.join(", ")}; default: ${of}`, oneOf(WORDS)];
}

export function chosenEffort(word: EffortWord): Effort | null {
  return word === "default" ? null : word;
}
