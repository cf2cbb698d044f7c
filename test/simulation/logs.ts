import fc from "fast-check";
import type { ChatEvent, EventBody } from "../../src/core/events.ts";

/** Logs that a chat could have: runs one after another, with all that can happen to each. */

/** What happens next in the chat's present run; what makes no sense then is left out. */
type Move =
  | { readonly do: "say" | "think"; readonly partial: boolean }
  | { readonly do: "call"; readonly names: readonly string[] }
  | { readonly do: "start" | "result"; readonly which: number; readonly ok: boolean }
  | { readonly do: "wait" | "interrupt" | "stop" | "plan" | "usage" | "error" | "rename" | "person" }
  | { readonly do: "end"; readonly state: "completed" | "failed" | "cancelled" };

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("say", "think"), partial: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("call"),
      names: fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom("start", "result"), which: fc.nat(5), ok: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("wait", "interrupt", "stop", "plan", "usage", "error", "rename", "person"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("end"), state: fc.constantFrom("completed", "failed", "cancelled") }),
  },
);

/** Plays moves into a log that a chat's runs could have written. */
function logOf(moves: readonly Move[]): ChatEvent[] {
  const events: ChatEvent[] = [];
  let [run, step, lease, part] = [0, 0, 0, 0];
  let state: "none" | "queued" | "working" | "waiting" = "none";
  let calls: { id: string; name: string; started: boolean }[] = [];
  const add = (body: EventBody, inRun = true): void => {
    events.push({
      ...body,
      chatId: "c",
      seq: events.length + 1,
      at: new Date(1_700_000_000_000 + events.length * 1000).toISOString(),
      runId: inRun ? `r${run}` : null,
      taskId: inRun && run % 2 === 1 ? `t${run}` : null,
      step: inRun && step > 0 ? step : null,
      actor: { kind: "agent", id: "agent", name: "agent" },
    });
  };
  const status = (data: Extract<EventBody, { type: "status" }>["data"]): void => add({ type: "status", data });
  const result = (call: { id: string; name: string }, ok: boolean): void =>
    add({
      type: "tool_result",
      data: { callId: call.id, name: call.name, ok, durationMs: 1, size: 1, ...(!ok && { error: "no" }) },
    });
  const wake = (): void => {
    if (state === "none") {
      [run, step, lease, part] = [run + 1, 0, 0, 0];
      status({ state: "queued", message: "Queued" });
      state = "queued";
    }
    if (state === "working") return;
    [lease, part] = [lease + 1, 0];
    const attempt = lease;
    if (lease === 1) status({ state: "starting", message: "Working", attempt });
    else status({ state: "resumed", message: "Again", attempt, reason: state === "waiting" ? "retry" : "recovered" });
    state = "working";
  };
  for (const each of moves) {
    if (each.do === "person") {
      add({ type: "message", data: { role: "user", text: "hello" } }, false);
      continue;
    }
    if (each.do === "rename") {
      add({ type: "chat", data: { change: "renamed", title: `title ${events.length}`, by: "person" } }, false);
      continue;
    }
    wake();
    switch (each.do) {
      case "say":
      case "think": {
        const data = {
          text: `text ${events.length}`,
          part: `${lease}.${++part}`,
          ...(each.partial && { partial: true as const }),
        };
        if (!each.partial) step++;
        add(each.do === "say" ? { type: "message", data: { role: "assistant", ...data } } : { type: "thought", data });
        break;
      }
      case "call":
        step++;
        for (const name of each.names) {
          const id = `c${events.length}`;
          calls.push({ id, name, started: false });
          add({ type: "tool_use", data: { callId: id, name, args: {}, effect: "read", summary: "" } });
        }
        break;
      case "start": {
        const call = calls[each.which % Math.max(calls.length, 1)];
        if (call !== undefined) add({ type: "tool_start", data: { callId: call.id, attempt: lease } });
        break;
      }
      case "result": {
        const [call] = calls.splice(each.which % Math.max(calls.length, 1), 1);
        if (call !== undefined) result(call, each.ok);
        break;
      }
      case "plan":
        add({ type: "plan", data: { items: [{ text: "x", status: "doing" }] } });
        break;
      case "usage":
        add({ type: "usage", data: { model: "m", inputTokens: 3, outputTokens: 2, costUsd: 0.5, durationMs: 1 } });
        break;
      case "error":
        add({ type: "error", data: { code: "x", message: "x", retryable: true } });
        break;
      case "wait":
        status({ state: "waiting", message: "Waits", reason: "retry" });
        state = "waiting";
        break;
      case "interrupt":
        status({ state: "interrupted", message: "Interrupted", reason: "crash" });
        state = "queued";
        break;
      case "stop":
        status({ state: "stopping", message: "Stopping…", by: "owner" });
        break;
      case "end":
        for (const call of calls) result(call, false);
        calls = [];
        if (each.state === "completed") status({ state: "completed", message: "Done" });
        else if (each.state === "failed") status({ state: "failed", message: "Failed", reason: "x" });
        else status({ state: "cancelled", message: "Stopped", by: "owner" });
        state = "none";
        break;
    }
  }
  return events;
}

export const logs = fc.array(move, { maxLength: 60 }).map(logOf);
export const longLogs = fc.array(move, { minLength: 20, maxLength: 60 }).map(logOf);
