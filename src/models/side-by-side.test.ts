import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text as readAll } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, onTestFinished, test } from "vitest";
import type { Deadlines } from "./deadlines.ts";
import type { Model, ToolSpec } from "./model.ts";
import { openModel } from "./open.ts";
import { selectModel } from "./select.ts";
import { onLoopback } from "../../test/kit/loopback.ts";

/** Steps of many runs at once over one model: they share what a provider's library was set up with, and nothing else. */

type Handler = (asked: string, response: ServerResponse, wantsUsage: boolean) => void | Promise<void>;

interface Asked {
  readonly messages: readonly { readonly content: string }[];
  readonly stream_options?: object;
}

/** `asked`: the words of the request's only message. */
async function provider(handler: Handler): Promise<string> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { messages, stream_options: usage } = JSON.parse(await readAll(request)) as Asked;
    response.setHeader("content-type", "text/event-stream");
    await handler(messages.at(-1)?.content ?? "", response, usage !== undefined);
  };
  const server = createServer((request, response) => void answer(request, response));
  return `${await onLoopback(server)}/v1`;
}

function open(url: string, deadlines?: Deadlines): Model {
  const choice = selectModel({ model: "compatible/some-model", modelUrl: url, providers: {} });
  return openModel(choice, deadlines === undefined ? {} : { deadlines });
}

async function said(
  model: Model,
  content: string,
  signal = new AbortController().signal,
  tools: readonly ToolSpec[] = [],
): Promise<string> {
  let words = "";
  for await (const chunk of model.step({
    ...{ instructions: "", messages: [{ role: "user", content }], tools, signal },
  })) {
    if (chunk.type === "text") words += chunk.text;
  }
  return words;
}

const frame = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: "c", model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const END = `${frame({}, "stop")}data: [DONE]\n\n`;

test("each step is told its own words, however their pieces come, and though others are stopped in the middle", async () => {
  const url = await provider(async (asked, response) => {
    const bytes = Buffer.from(
      `: hello\r\n\r\n${[..."äöü 🙂 "].map((sign) => frame({ content: `${sign}${asked} ` })).join("")}${END}`,
    );
    // In pieces that end within a line, and within a sign.
    for (let at = 0; at < bytes.length && !response.destroyed; at += 37) {
      response.write(bytes.subarray(at, at + 37));
      if (at % 5 === 0) await pause(1);
    }
    response.end();
  });
  const model = open(url);
  const steps = Array.from({ length: 40 }, (_, n) => {
    const stop = n % 4 === 3 ? AbortSignal.timeout(20) : undefined;
    return said(model, `number ${n}`, stop).catch((error: unknown) => error);
  });
  const outcomes = await Promise.all(steps);
  for (const [n, outcome] of outcomes.entries()) {
    const whole = [..."äöü 🙂 "].map((sign) => `${sign}number ${n} `).join("");
    if (n % 4 !== 3) expect(outcome).toBe(whole);
    else expect(outcome instanceof DOMException || outcome === whole).toBe(true);
  }
});

test("one that has fallen silent is given up, though others speak all the time", async () => {
  const url = await provider(async (asked, response) => {
    response.write(frame({ content: "Half" }));
    while (asked === "speak" && !response.destroyed) {
      response.write(frame({ content: "." }));
      await pause(10);
    }
  });
  const model = open(url, { firstChunkMs: 60_000, chunkMs: 300 });
  const control = new AbortController();
  const speaking = said(model, "speak", control.signal).catch((error: unknown) => error);
  await expect(said(model, "be silent")).rejects.toMatchObject({ code: "model_timeout" });
  control.abort(new Error("enough"));
  expect(await speaking).toMatchObject({ message: "enough" });
});

test("what a server refuses of steps that ask at once is left out for each of them", async () => {
  const all = Promise.withResolvers<void>();
  let asked = 0;
  const url = await provider(async (words, response, wantsUsage) => {
    if ((asked += 1) === 8) all.resolve();
    await all.promise;
    if (wantsUsage) {
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: "unknown field: stream_options" } }));
    } else response.end(`${frame({ content: words })}${END}`);
  });
  const model = open(url);
  const steps = Array.from({ length: 8 }, (_, n) => `number ${n}`);
  expect(await Promise.all(steps.map((words) => said(model, words)))).toEqual(steps);
  // And for those behind them from their first request on.
  expect(await said(model, "one more")).toBe("one more");
  expect(asked).toBe(17);
});

test("a step's conversation is let go of though others use its connection on", async () => {
  setFlagsFromString("--expose-gc");
  onTestFinished(() => setFlagsFromString("--no-expose-gc"));
  const collect = runInNewContext("gc") as () => void;
  const url = await provider(async (_, response) => {
    await pause(20);
    response.end(`${frame({ content: "Yes." })}${END}`);
  });
  const model = open(url);
  const asked: WeakRef<object>[] = [];
  const one = async (): Promise<void> => {
    const tools = [{ name: "look", description: "Looks.", effect: "read" as const, parameters: {} }];
    asked.push(new WeakRef(tools));
    await said(model, "look", new AbortController().signal, tools);
  };
  const several = (step: () => Promise<unknown>) => Promise.all(Array.from({ length: 8 }, step));
  await several(one);
  // As many at once as there are connections. The last of all may still be on its way out.
  const alive = (): number => asked.filter((each) => each.deref() !== undefined).length;
  for (let round = 0; round < 5; round++) await several(() => said(model, "go on"));
  collect();
  expect(alive()).toBeLessThan(2);
});
