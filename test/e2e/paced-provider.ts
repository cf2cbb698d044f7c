import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { z } from "zod";

/** What a provider answers to a step: a refusal, calls of tools, or words, spoken at this pace. */
export type Reply =
  | { readonly status: number; readonly retryAfter: number }
  | {
      readonly reasoning: string;
      readonly calls: readonly (string | { readonly name: string; readonly args: object })[];
    }
  | { readonly words: string; readonly pieceMs?: number }
  /** Words, and then silence with the connection open. */
  | { readonly unfinished: string };

export interface Question {
  /** The person's last message. */
  readonly text: string;
  /** How many tool results came after it. */
  readonly results: number;
  /** How often this was asked before, word for word. */
  readonly asked: number;
}

const requestSchema = z.object({
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
});

export interface PacedProvider extends AsyncDisposable {
  readonly url: string;
  /**
   * Keeps the answers to what has these words in it from their end, by the last word, until they are let go: however slow
   * a page is, it sees the answer underway.
   */
  hold(words: string): Disposable;
}

/** A server in the OpenAI-compatible format that takes its time, and falls silent at once when nobody listens. */
export async function pacedProvider(answer: (question: Question) => Reply): Promise<PacedProvider> {
  const asked = new Map<string, number>();
  const holds = new Set<{ readonly words: string }>();
  const server = createServer((request, response) => {
    void (async () => {
      const { messages } = requestSchema.parse(await json(request));
      const at = messages.findLastIndex(({ role }) => role === "user");
      // Without what a run is told of the time: it would be another question a minute later.
      const text = JSON.stringify(messages[at]?.content).replaceAll(/(\\n\\n)?\(It is [^ "]+ now\.\)/g, "");
      const question = { text, results: messages.length - at - 1 };
      const key = JSON.stringify(question);
      asked.set(key, (asked.get(key) ?? 0) + 1);
      const reply = answer({ ...question, asked: (asked.get(key) ?? 1) - 1 });
      send(response, reply, () => [...holds].some(({ words }) => question.text.includes(words)));
    })().catch((error: unknown) => response.destroy(new Error("a bad question", { cause: error })));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    hold(words) {
      const held = { words };
      holds.add(held);
      return { [Symbol.dispose]: () => void holds.delete(held) };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function send(response: ServerResponse, reply: Reply, isHeld: () => boolean): void {
  if ("status" in reply) {
    response.writeHead(reply.status, { "content-type": "application/json", "retry-after": String(reply.retryAfter) });
    return void response.end(JSON.stringify({ error: { message: `not now (${reply.status})` } }));
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const chunk = (delta: object, finish: string | null = null): void => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    response.write(`data: ${JSON.stringify({ id: "c", model: "paced", choices })}\n\n`);
  };
  const end = (reason: string): void => {
    chunk({}, reason);
    response.end("data: [DONE]\n\n");
  };
  if ("calls" in reply) {
    chunk({ role: "assistant", reasoning_content: reply.reasoning });
    const calls = reply.calls.map((call, index) => ({
      index,
      id: `call_${index}`,
      type: "function",
      function:
        typeof call === "string"
          ? { name: call, arguments: "{}" }
          : { name: call.name, arguments: JSON.stringify(call.args) },
    }));
    chunk({ tool_calls: calls });
    return end("tool_calls");
  }
  if ("unfinished" in reply) return chunk({ role: "assistant", content: reply.unfinished });
  const pieces = reply.words.match(/\S+\s*/g) ?? [];
  const timer = setInterval(() => {
    if (pieces.length === 1 && isHeld()) return;
    const piece = pieces.shift();
    if (piece === undefined) clearInterval(timer);
    if (piece === undefined) end("stop");
    else chunk({ content: piece });
  }, reply.pieceMs ?? 5);
  response.once("close", () => clearInterval(timer));
}
