import type { Context } from "./context.ts";
import { usage } from "../console/failure.ts";

interface Question {
  /** `--yes` was given. */
  readonly yes: boolean | undefined;
  /** What is asked, without the choices. */
  readonly question: string;
  /** What asks: `deleting`, `clearing`. */
  readonly act: string;
  /** The command line that does not ask. */
  readonly line: string;
  /** What is said after a no; that nothing was deleted when left out. */
  readonly kept?: string;
}

/** Asks before what cannot be taken back. Without a terminal to ask on it is refused; `--yes` answers. */
export async function confirmed({ io, out }: Context, { yes, question, act, line, kept }: Question): Promise<boolean> {
  if (yes) return true;
  if (!io.stdinIsTerminal) throw usage(`${act} asks first, and there is no terminal to ask on`, line);
  const answer = await io.ask(`${question} [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return true;
  out.note(kept ?? "Nothing was deleted.");
  return false;
}
