import type { Place } from "../kit/databases.ts";
import { call, say, scriptedModel, stepsIn } from "../kit/scripted-model.ts";
import { Sandbox } from "../../src/tools/shell/sandbox.ts";
import { shellTools } from "../../src/tools/shell/tools.ts";
import type { Tool } from "../../src/tools/tool.ts";

/** A run whose command goes on for ever, with what it has started beside itself. */
export interface CommandScene {
  readonly place: Place;
  readonly workspaces: string;
  readonly mode: "sandbox" | "host";
  /** In the command line of every process that it starts. */
  readonly sleeper: string;
}

export function shellFor({ mode, workspaces }: Pick<CommandScene, "mode" | "workspaces">): readonly Tool<unknown>[] {
  const environment = { PATH: process.env["PATH"] ?? "" };
  return shellTools({ environment, sandbox: new Sandbox({ mode, hidden: [workspaces], environment }) });
}

export const commander = ({ sleeper }: Pick<CommandScene, "sleeper">) =>
  scriptedModel((request) => {
    const command = `trap '' TERM; setsid sh -c 'trap "" TERM HUP; sleep ${sleeper}' & (setsid sleep ${sleeper} &); touch up; sleep ${sleeper}`;
    return stepsIn(request) === 0 ? [call("shell", { command })] : [say("Done.")];
  });
