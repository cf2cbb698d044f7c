import type { Tool } from "../tool.ts";
import { shellTool, type ShellOptions } from "./shell.ts";

/** All that runs commands. */
export const shellTools = (options: ShellOptions): readonly Tool<unknown>[] => [shellTool(options)];

export const isCommandTool = (name: string): boolean => name === "shell" || name.startsWith("shell_");
