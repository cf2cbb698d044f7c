import { callLine } from "../../core/exact.ts";
import type { Approval, Decision } from "../../wire/approvals.ts";
import { warnWithoutLoop } from "../command/agent-loop.ts";
import type { Context } from "../command/context.ts";
import { approvalId } from "../command/ids.ts";
import type { Moment } from "../command/moment.ts";
import { cut } from "../console/columns.ts";
import { shortId } from "../console/text.ts";

export type DecideOptions = { scope?: Moment; note?: string; rule?: readonly string[] };

export async function decide(
  context: Context,
  args: readonly string[],
  options: DecideOptions,
  decision: Decision["decision"],
): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const id = await approvalId(client, args[0] ?? "");
  const { note, rule: rules } = options;
  const scope = options.scope?.(context.io.now());
  const body: Decision = {
    decision,
    ...(scope !== undefined && { scope }),
    ...(note !== undefined && { note }),
    ...(rules !== undefined && { rules: [...rules] }),
  };
  const approval = await client.request<Approval>("POST", `/api/approvals/${id}`, body);
  if (out.json) return out.document(approval);
  if (out.terminal) {
    const what = cut(callLine(approval.tool, approval.summary), 60);
    out.print(`${decision === "approve" ? "Approved" : "Denied"}  ${shortId(id)}  ${what}`);
    if (scope !== undefined && scope !== "call") out.note("  take it back: sparky approvals grants, then revoke");
  } else out.print(`${approval.id}\t${approval.state}`);
  // A turn goes on with any server, a task only where the agent loop runs.
  if (approval.taskId !== null || client.endpoint === null) await warnWithoutLoop(context, client);
}
