import { SparkyError } from "../../core/errors.ts";
import { isWithin, type Scope } from "../../core/scopes.ts";
import type { Credential, Identity } from "../../store/people/identity.ts";
import type { ServerDeps } from "../deps.ts";

/** Throws `forbidden` where the token is for something else. */
export function requireScope(scopes: readonly Scope[] | null | undefined, needed: readonly Scope[]): void {
  if (isWithin(scopes ?? null, needed)) return;
  throw new SparkyError("forbidden", `this token is for ${scopes?.join(", ")}: this needs ${needed.join(" or ")}`, {
    hint: `make one that may: sparky token add NAME --scope ${needed[0]}`,
  });
}

/** Throws `forbidden` where only a person in a browser may let the agent do something, and this is none. */
export function requirePerson(credential: Credential | null, approveBy: ServerDeps["approveBy"]): void {
  if (approveBy !== "session" || credential?.kind === "session") return;
  throw new SparkyError("forbidden", "this is answered only in the browser here, by a person who is signed in", {
    hint: "open the inbox: sparky open. It is so by SPARKY_APPROVE_BY=session",
  });
}

/**
 * Throws `forbidden` where a token would make itself the session that alone may answer the agent. That of the home's file may: whoever
 * reads the home has the instance.
 */
export function requireWholeToken(scopes: Identity["scopes"], approveBy: ServerDeps["approveBy"]): void {
  if (approveBy !== "session" || (scopes ?? null) === null) return;
  throw new SparkyError("forbidden", "no token with scopes lets anybody in by a browser here", {
    hint: "do it in the browser, or on the machine where Sparky runs. It is so by SPARKY_APPROVE_BY=session",
  });
}
