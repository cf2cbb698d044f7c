import { z } from "zod";
import { SparkyError } from "../../core/errors.ts";

/** A page's place as one opaque string: the values that its last row is sorted by. */
export function placeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString("base64url");
}

/** Throws `invalid_input` for a text that `placeCursor` did not make of such values. */
export function cursorPlace<T extends z.ZodType>(schema: T, cursor: string): z.output<T> {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
  } catch (cause) {
    const hint = "start again without a cursor";
    throw new SparkyError("invalid_input", "the cursor is not one that a search gave", { hint, cause });
  }
}
