import { askUser } from "./ask-user.ts";
import { currentTime } from "./current-time.ts";
import { notify } from "./notify.ts";
import { planUpdate } from "./plan-update.ts";
import type { Tool } from "./tool.ts";

/** The built-in tools that touch nothing but the run itself. */
export const generalTools: readonly Tool<unknown>[] = [askUser, notify, currentTime, planUpdate];
