import { askUser } from "./ask-user.ts";
import { currentTime } from "./current-time.ts";
import { fileList } from "./files/list.ts";
import { fileRead } from "./files/read.ts";
import { fileWrite } from "./files/write.ts";
import { planUpdate } from "./plan-update.ts";
import type { Tool } from "./tool.ts";

/** The built-in tools that touch neither the graph nor the queue. */
export const generalTools: readonly Tool<unknown>[] = [askUser, currentTime, fileList, fileRead, fileWrite, planUpdate];
