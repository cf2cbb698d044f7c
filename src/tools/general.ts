import { currentTime } from "./current-time.ts";
import { fileList } from "./file-list.ts";
import { fileRead } from "./file-read.ts";
import { fileWrite } from "./file-write.ts";
import { planUpdate } from "./plan-update.ts";
import type { Tool } from "./tool.ts";

/** The built-in tools that touch neither the graph nor the queue. */
export const generalTools: readonly Tool<unknown>[] = [currentTime, fileList, fileRead, fileWrite, planUpdate];
