import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Json } from "../../src/core/events.ts";
import type { Place } from "../../src/store/open.ts";
import type { Tx } from "../../src/store/database/store.ts";
import { policyOf, type OnUnknown } from "../../src/tools/policy.ts";
import type { Tool } from "../../src/tools/tool.ts";
import { call, say, scriptedModel, stepsIn, type ScriptedModel } from "../kit/scripted-model.ts";
import { testTool } from "../kit/worker.ts";

/** What a worker that is killed and the one that follows it have in common. */
export interface UnknownScene {
  readonly place: Place;
  /** Each effect is a line: what was sent, and under which key. */
  readonly file: string;
}

/** Of each kind of tool one: what may become of its call when nobody knows whether it happened. */
const KINDS: { readonly [name: string]: { readonly idempotent: boolean; readonly onUnknown: OnUnknown } } = {
  send_safely: { idempotent: true, onUnknown: "fail" },
  send_model: { idempotent: false, onUnknown: "model" },
  send_fail: { idempotent: false, onUnknown: "fail" },
  send_ask: { idempotent: false, onUnknown: "ask" },
  send_asked: { idempotent: false, onUnknown: "ask" },
};

/** The tools; `then` is what each does once its effect has happened. */
export function senders(file: string, then: () => Promise<Json>): readonly Tool<Tx>[] {
  return Object.entries(KINDS).map(([name, { idempotent, onUnknown }]) => ({
    ...testTool(
      name,
      async (text, { idempotencyKey }) => {
        appendFileSync(file, `${text} ${idempotencyKey}\n`);
        return then();
      },
      { idempotent },
    ),
    onUnknown,
    policy: policyOf(name === "send_asked" ? "ask" : "allow"),
  }));
}

/** A task's instruction says which tool is called, and with what; then it is done. */
export function sender(): ScriptedModel {
  return scriptedModel((request) => {
    if (stepsIn(request) > 0) return [say("done")];
    const [, name = "", text = ""] = /(send_\w+) (\w+)/.exec(JSON.stringify(request.messages)) ?? [];
    return [call(name, { text })];
  });
}

/** The keys under which something was sent, one for each time. */
export function sent(file: string, text: string): readonly string[] {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  return lines.flatMap((line) => (line.startsWith(`${text} `) ? [line.slice(text.length + 1)] : []));
}
