import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { z } from "zod";
import { readJob, type Job } from "./plan.ts";

const requestSchema = z.object({
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
});

const PIECE_MS = 25;

export interface Provider extends AsyncDisposable {
  readonly url: string;
  /** How many answers were asked for. */
  readonly asked: number;
}

/**
 * A model in the OpenAI-compatible format that does what it is told: the jobs of the plan. Which step comes next it sees by the
 * results behind the job's words, so what it answers depends on nothing but what it is sent.
 */
export async function jobProvider(commandOf: (job: Job, step: number) => string): Promise<Provider> {
  let asked = 0;
  const server = createServer((request, response) => {
    if (request.method !== "POST") return void response.writeHead(404).end();
    void (async () => {
      const { messages } = requestSchema.parse(await json(request));
      asked++;
      const at = messages.findLastIndex(({ role, content }) => role === "user" && readJob(words(content)) !== null);
      const job = readJob(words(messages[at]?.content)) ?? { n: -1, calls: 0, callMs: 0, words: 3 };
      const done = messages.slice(at + 1).filter(({ role }) => role === "tool").length;
      await answer(response, job, done < job.calls ? commandOf(job, done) : null, messages.length);
    })().catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get asked() {
      return asked;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const words = (content: unknown): string => (typeof content === "string" ? content : (JSON.stringify(content) ?? ""));

/** Thinks, then asks for the command; or says its words, one after another, until nobody listens any more. */
async function answer(response: ServerResponse, job: Job, command: string | null, size: number): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (body: object): void =>
    void response.write(`data: ${JSON.stringify({ id: "c", model: "jobs", ...body })}\n\n`);
  const delta = (part: object, finish: string | null = null): void =>
    send({ choices: [{ index: 0, delta: part, finish_reason: finish }] });
  let given = 0;
  const say = async (key: "content" | "reasoning_content", count: number): Promise<void> => {
    for (let n = 1; n <= count && !response.destroyed; n++) {
      delta({ [key]: `${key === "content" ? "Word" : "Thought"} ${n} of job ${job.n}. ` });
      given += 8;
      await new Promise((resolve) => setTimeout(resolve, PIECE_MS));
    }
  };
  if (command === null) {
    await say("content", job.words);
    delta({}, "stop");
  } else {
    await say("reasoning_content", 5);
    const call = { name: "shell", arguments: JSON.stringify({ command }) };
    delta({ tool_calls: [{ index: 0, id: "call_1", type: "function", function: call }] });
    delta({}, "tool_calls");
  }
  send({
    choices: [],
    usage: { prompt_tokens: 100 + size, completion_tokens: given, total_tokens: 100 + size + given },
  });
  response.end("data: [DONE]\n\n");
}
