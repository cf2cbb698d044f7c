import { SparkyError } from "../../core/errors.ts";
import { RIGHTS, rolesWith, type Right } from "../../core/rights.ts";
import type { User } from "../../wire/api.ts";

/**
 * The one door in front of every route and frame: whose role lets nobody do this is told so before anything is looked for, so
 * that the answer is the same whatever there is.
 */
export function mustMay({ role }: User, right: Right): void {
  const roles = rolesWith(right);
  if (roles.includes(role)) return;
  if (role === "viewer" && roles.includes("member")) {
    throw new SparkyError("forbidden", "you are a viewer: you may look, and change nothing", {
      hint: "an owner can give you another role: sparky user role NAME member",
    });
  }
  const who = roles.includes("admin") ? "only an owner or an admin" : "only the owner of this instance";
  throw new SparkyError("forbidden", `${who} may ${RIGHTS[right].what}`);
}
