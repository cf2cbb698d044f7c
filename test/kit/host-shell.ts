import { Sandbox } from "../../src/tools/shell/sandbox.ts";
import { shellTool } from "../../src/tools/shell/shell.ts";
import type { Tool } from "../../src/tools/tool.ts";

/** The shell without a sandbox: it asks about every command. */
export const hostShell = (environment: { readonly [name: string]: string } = {}): Tool<unknown> =>
  shellTool({ environment, sandbox: new Sandbox({ mode: "host", hidden: [], environment }) });
