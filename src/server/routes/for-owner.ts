import { SparkyError } from "../../core/errors.ts";
import type { User } from "../../wire/api.ts";

/** For the instance's owner alone. */
export function forOwner(viewer: User, what: string): void {
  if (viewer.role !== "owner") throw new SparkyError("forbidden", `only the owner of this instance may ${what}`);
}
