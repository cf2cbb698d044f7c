import { DatabaseError } from "pg";
import { SparkyError } from "../../core/errors.ts";

const DEADLOCK = "40P01";
const SERIALIZATION = "40001";
const LOCKED = "55P03";

const OUT_OF_REACH = "it is tried again by itself; nothing that was confirmed is lost";

/**
 * What the server says of itself or of those who use it beside us, by the beginning of its SQLSTATE, and what to do about it.
 * The list of them: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const OUT_OF_SERVICE: readonly (readonly [states: RegExp, what: string, hint: string])[] = [
  [/^25006/, "takes no writes just now", "it is read-only: give SPARKY_DB_URL the server that may be written to"],
  [/^55P03/, "is held up by another transaction", "try again in a moment; see pg_stat_activity if it stays"],
  [/^57014/, "took too long", "try again in a moment; see pg_stat_activity if it stays"],
  [/^40(P01|001)/, "could not put transactions in an order", "try again in a moment"],
  [/^42501/, "does not let Sparky's role do this", "let it own Sparky's tables, or grant it what is missing"],
  [/^28/, "does not let Sparky's role in", "check the user and the password in SPARKY_DB_URL"],
  [/^3D/, "has no such database", "check the database's name in SPARKY_DB_URL"],
  [/^53/, "has no room", "give the server more connections, memory or disk; nothing that was confirmed is lost"],
  // 08 the connection; 25P03 and 25P04 a transaction that was ended from outside; 57P it stops or starts; 58 its machine.
  [/^(08|25P0[34]|57P|58)/, "cannot be used", OUT_OF_REACH],
];

/** Mistakes of a program, which no server is to blame for. */
const BUGS = [TypeError, RangeError, SyntaxError, ReferenceError];

/** The translation of every failure on PostgreSQL: see `translated`. */
export function explainPostgres(error: unknown, connecting = false): unknown {
  if (!(error instanceof Error) || error instanceof SparkyError) return error;
  if (error instanceof DatabaseError) {
    const known = OUT_OF_SERVICE.find(([states]) => states.test(error.code ?? ""));
    if (known !== undefined) return unavailable(known[1], error, known[2]);
    return connecting ? unavailable("cannot be used", error, OUT_OF_REACH) : error;
  }
  // Whatever is not the server's answer is about the way to it, and the library has many words for that.
  return BUGS.some((bug) => error instanceof bug) ? error : unavailable("cannot be used", error, OUT_OF_REACH);
}

function unavailable(what: string, cause: Error, hint: string): SparkyError {
  return new SparkyError("unavailable", `PostgreSQL ${what}: ${cause.message}`, { cause, hint });
}

export const isLocked = (error: unknown): boolean => sqlState(error) === LOCKED;

/** The server has taken the whole transaction back, and it may be tried again. */
export function mayTryAgain(error: unknown): boolean {
  return [DEADLOCK, SERIALIZATION].includes(sqlState(error));
}

/** The server's own word for a failure that was translated. */
function sqlState(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  return cause instanceof DatabaseError ? (cause.code ?? "") : "";
}

/** The connection is of no more use, though the library may not know it yet: after these the server closes it. */
export function endsConnection(error: unknown): boolean {
  return !(error instanceof DatabaseError) || /^(08|25P0[34]|57P)/.test(error.code ?? "");
}
