import { expect, test } from "vitest";
import { BackgroundCommands } from "../../tools/shell/background.ts";
import { backgroundTools } from "../../tools/shell/background-tools.ts";
import { Sandbox } from "../../tools/shell/sandbox.ts";
import { shellTool } from "../../tools/shell/shell.ts";
import { toolsAsSet, type ToolSettings } from "../../tools/settings.ts";
import { policyOf } from "../../tools/policy.ts";
import { policyShown } from "./policy-shown.ts";

const environment = { PATH: process.env["PATH"] ?? "/usr/bin:/bin" };

function shells(mode: "sandbox" | "host", settings: ToolSettings = {}) {
  const options = { environment, sandbox: new Sandbox({ mode, hidden: [], environment }) };
  const commands = new BackgroundCommands();
  return toolsAsSet([shellTool(options), ...backgroundTools(options, commands)], settings);
}

const SANDBOXED = [
  { when: "without network", policy: policyOf("allow") },
  { when: "with network", policy: policyOf("ask") },
];

test("a policy that depends on the arguments is shown so, and as the tool would have it for such calls", async () => {
  const shown = new Map<string, unknown>();
  for (const tool of shells("sandbox")) shown.set(tool.name, await policyShown(tool));
  expect(Object.fromEntries(shown)).toEqual({
    shell: { policy: policyOf("ask"), cases: SANDBOXED },
    shell_start: { policy: policyOf("ask"), cases: SANDBOXED },
    shell_write: { policy: policyOf("ask"), cases: SANDBOXED },
    shell_read: { policy: policyOf("allow"), cases: [] },
    shell_stop: { policy: policyOf("allow"), cases: [] },
  });
  const [shell] = shells("sandbox");
  for (const network of [false, true]) {
    const terms = await shell?.termsFor?.({ command: "true", network });
    expect(terms?.policy).toEqual(SANDBOXED[network ? 1 : 0]?.policy);
  }
});

test("where every command is asked about, nothing is said of kinds of them", async () => {
  const [shell] = shells("host");
  expect(shell && (await policyShown(shell))).toEqual({ policy: policyOf("ask"), cases: [] });
});

test("the owner's word stands over it, for the origins that it names", async () => {
  const shown = async (policy: NonNullable<ToolSettings[string]["policy"]>) => {
    const [shell] = shells("sandbox", { shell: { policy } });
    return shell && policyShown(shell);
  };
  for (const verdict of ["allow", "ask", "deny"] as const) {
    expect(await shown(verdict)).toEqual({ policy: policyOf(verdict), cases: [] });
  }
  const mixed = await shown({ chat: "allow", schedule: "deny" });
  expect(mixed?.policy).toEqual({ chat: "allow", task: "ask", schedule: "deny" });
  expect(mixed?.cases).toEqual([
    { when: "without network", policy: { chat: "allow", task: "allow", schedule: "deny" } },
    { when: "with network", policy: { chat: "allow", task: "ask", schedule: "deny" } },
  ]);
});
