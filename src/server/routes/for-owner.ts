import { SparkyError } from "../../core/errors.ts";
import { mayHere } from "../../store/people/access.ts";
import type { User } from "../../wire/api.ts";

/** For the instance's owner alone. */
export function forOwner(viewer: User, what: string): void {
  if (!mayHere(viewer, "administer")) throw new SparkyError("forbidden", `only the owner of this instance may ${what}`);
}
