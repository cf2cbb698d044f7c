import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Figure } from "./kit/figure.ts";
import { benchHome, call, freePort, residentMb, startBareNode, startSparky, type Served } from "./kit/server.ts";

const RUNS = 256;
/** Each answer: ten seconds of a piece of 80 signs ten times a second. */
const PIECES = 100;
const PIECE_MS = 100;
const SETTLE_MS = 3000;
const AFTER_MS = 60_000;
const LOOK_MS = 200;
const WORDS = "words of a long answer that comes piece by piece, as a model says it, line on\n ";

/** What a server holds while very many runs stream at once, and what of it a minute later, above what it held before. */
export async function manyStreams(): Promise<Figure[]> {
  await using provider = await slowProvider();
  await using home = await benchHome();
  Object.assign(home.env, {
    SPARKY_MODEL: "compatible/bench",
    SPARKY_MODEL_URL: `${provider.url}/v1`,
    SPARKY_AGENT_CONCURRENCY: String(RUNS),
  });
  await using sparky = await startSparky(home, await freePort(), ["--agent-loop"]);
  const ours = await heldBy(sparky, provider, async () => {
    const add = (): Promise<unknown> =>
      call(home, `${sparky.url}/api/tasks`, "POST", { instruction: "Tell a long story" });
    await Promise.all(Array.from({ length: RUNS }, add));
  });
  await using reader = await startBareNode(await freePort(), readerOf(`${provider.url}/v1/chat/completions`));
  const bare = await heldBy(reader, provider, () => fetch(`${reader.url}/read`));
  const what = `memory of ${RUNS} runs that stream at once`;
  const raw = (value: number): Figure["raw"] => ({ what: "bare Node reading as many", value });
  return [
    { what: `${what}, above the idle server's`, value: ours.most, unit: "MB", reach: 80, raw: raw(bare.most) },
    { what: `${what}, a minute after they have ended`, value: ours.after, unit: "MB", reach: 20, raw: raw(bare.after) },
  ];
}

async function heldBy(
  server: Served,
  provider: Provider,
  begin: () => Promise<unknown>,
): Promise<{ readonly most: number; readonly after: number }> {
  await pause(SETTLE_MS);
  const before = residentMb(server);
  const target = provider.ended + RUNS;
  await begin();
  let most = 0;
  for (; provider.ended < target; await pause(LOOK_MS)) most = Math.max(most, residentMb(server));
  await pause(AFTER_MS);
  return { most: most - before, after: Math.max(0, residentMb(server) - before) };
}

interface Provider extends AsyncDisposable {
  readonly url: string;
  /** How many answers have ended. */
  readonly ended: number;
}

async function slowProvider(): Promise<Provider> {
  let ended = 0;
  const server = createServer((request, response) => {
    if (request.method !== "POST") return void response.writeHead(404).end();
    request.resume();
    request.once("end", () => speak(response, () => ended++));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    get ended() {
      return ended;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function speak(response: ServerResponse, onEnd: () => void): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const chunk = (delta: object, finish: string | null = null): void => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    response.write(`data: ${JSON.stringify({ id: "c", model: "bench", choices })}\n\n`);
  };
  let left = PIECES;
  const timer = setInterval(() => {
    if (left-- > 0) return chunk({ content: WORDS });
    chunk({}, "stop");
    response.end("data: [DONE]\n\n");
  }, PIECE_MS);
  response.once("close", () => {
    clearInterval(timer);
    onEnd();
  });
}

/** A program that reads as many answers at once when it is asked for `/read`, and keeps nothing of them. */
function readerOf(url: string): string {
  return `async function read() {
    const { body } = await fetch(${JSON.stringify(url)}, { method: "POST", body: "{}" });
    for await (const _ of body);
  }
  function serve(request, answer) {
    if (request.url === "/read") for (let n = 0; n < ${RUNS}; n++) void read();
    answer.end("ok");
  }`;
}
