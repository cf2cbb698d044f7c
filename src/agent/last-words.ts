import type { Json } from "../core/events.ts";
import { REMEMBER } from "../tools/tool.ts";

/**
 * Beside its last words a run may propose what is worth keeping: such a call asks for nothing back, so the words stand as the answer
 * and no further step is taken for it.
 */
export function isAfterthought({ name, args }: { readonly name: string; readonly args: Json }): boolean {
  if (name !== REMEMBER || typeof args !== "object" || args === null || Array.isArray(args)) return false;
  const has = (field: string): boolean => Object.hasOwn(args, field) && args[field] === true;
  return has("proposed") && has("last");
}
