import type { Store, Tx } from "../../store/database/store.ts";
import type { Tool } from "../../tools/tool.ts";
import { correctTool } from "./correct.ts";
import { forgetTool } from "./forget.ts";
import { rememberTool } from "./remember.ts";

/** What is kept of what people say, beside their words. */
export function factTools(store: Store): readonly Tool<Tx>[] {
  return [rememberTool(store), correctTool(store), forgetTool(store)];
}
