import type { Tool } from "../tool.ts";
import { backgroundTools } from "./background-tools.ts";
import { BackgroundCommands } from "./background.ts";
import { shellTool, type ShellOptions } from "./shell.ts";

/** All that runs commands. */
export const shellTools = (options: ShellOptions, background = new BackgroundCommands()): readonly Tool<unknown>[] => [
  shellTool(options),
  ...backgroundTools(options, background),
];

export const isCommandTool = (name: string): boolean => name === "shell" || name.startsWith("shell_");
