import { isSparkyError, type ErrorCode } from "../../core/errors.ts";
import { EXIT, type ExitCode } from "./io.ts";

/** A failure that people read in two lines, what and what to do, and scripts by its exit code. */
export class Failure extends Error {
  readonly exit: ExitCode;
  readonly code: string;
  readonly hint: string | undefined;

  constructor(exit: ExitCode, code: string, message: string, hint?: string) {
    super(message);
    this.name = "Failure";
    this.exit = exit;
    this.code = code;
    this.hint = hint;
  }
}

export const usage = (message: string, hint?: string): Failure =>
  new Failure(EXIT.usage, "invalid_input", message, hint);

export const notRunning = (message: string, hint = "sparky chat start --agent-loop"): Failure =>
  new Failure(EXIT.notRunning, "unavailable", message, hint);

const EXIT_OF_CODE: { readonly [code in ErrorCode]?: ExitCode } = {
  invalid_input: EXIT.usage,
  too_large: EXIT.usage,
  unauthenticated: EXIT.notAllowed,
  forbidden: EXIT.notAllowed,
  not_found: EXIT.notFound,
  conflict: EXIT.conflict,
};

/** The failure that a code of the HTTP contract means; an unknown code is a plain error. */
export function failureOfCode(code: string, message: string, hint?: string): Failure {
  const known: { readonly [code: string]: ExitCode | undefined } = EXIT_OF_CODE;
  return new Failure(known[code] ?? EXIT.error, code, message, hint);
}

/** Anything thrown, as a failure. What is not expected keeps its message and exits 1. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (isSparkyError(error)) return failureOfCode(error.code, error.message, error.hint);
  return new Failure(EXIT.error, "internal", error instanceof Error ? error.message : String(error));
}
