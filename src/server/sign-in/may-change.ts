import { SparkyError } from "../../core/errors.ts";
import { mayHere } from "../../store/people/access.ts";
import type { User } from "../../wire/api.ts";

/**
 * The one door of every change that is asked for, by a route or a frame: who may only look is told so before anything is looked
 * for, so that the answer is the same whatever there is.
 */
export function mustMayChange(user: User): void {
  if (mayHere(user, "change")) return;
  throw new SparkyError("forbidden", "you are a viewer: you may look, and change nothing", {
    hint: "an owner can give you another role: sparky user role NAME member",
  });
}
