import type { IncomingMessage, ServerResponse } from "node:http";
import { event } from "./kit/event.ts";
import { bareRows } from "./kit/pages.ts";

/** A model that answers at a pace, and pages that draw what ours draw and nothing else. */

export const MESSAGES = 500;
/** So many of them are on the first page. */
export const PAGE = 200;
export const RUNS = 50;
/** Of 80 signs each: 40 KB in all. */
export const PIECES = 500;
export const PIECE_MS = 10;
const WORDS = "words of a long answer that comes piece by piece, as a model says it, line on ";

/** When each piece left, on the wall clock. */
export const sent = new Map<number, number>();
export const wallNow = (): number => performance.timeOrigin + performance.now();

export interface Clock {
  /** How far the page's is ahead of ours, and how wrong that can be at most, in milliseconds. */
  readonly ahead: number;
  readonly within: number;
}

interface Seen {
  readonly pieces: readonly (readonly [piece: number, at: number])[];
  readonly clock: Clock;
  readonly left: ReadonlyMap<number, number>;
}

/** From its leaving to its being seen, for each piece; throws where that is impossible. */
export function delaysOf({ pieces, clock: { ahead, within }, left }: Seen): readonly number[] {
  return pieces.map(([n, at]) => {
    const from = left.get(n);
    if (from === undefined) throw new Error(`piece ${n} was seen and never left`);
    const delay = at - ahead - from;
    if (delay < -within) throw new Error(`piece ${n} was seen ${(-delay).toFixed(1)} ms before it left`);
    return Math.max(0, delay);
  });
}

const message = (n: number): string => `<article style="padding:8px"><b>agent</b><p>${text(n)}</p></article>`;
const text = (n: number): string => {
  const { data } = event(n);
  return "text" in data ? String(data.text) : "";
};
const run = (n: number): string =>
  `<li data-run-id="${n}">Working <a href="/">Stay busy ${n}</a> calling the model 0:01</li>`;

const SPEAKS = "/v1/chat/completions";

const STREAM = `<!doctype html><title>Bare</title><pre></pre><script>
  (async () => {
    const { body } = await fetch("${SPEAKS}", { method: "POST", body: JSON.stringify({ messages: "stream" }) });
    const pre = document.querySelector("pre");
    let rest = "";
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split("\\n\\n");
      rest = lines.pop();
      for (const line of lines) {
        if (line.startsWith("data: {")) pre.append(JSON.parse(line.slice(6)).choices[0].delta.content ?? "");
      }
    }
  })();
</script>`;

/** The model, and the bare pages. */
export function answer(request: IncomingMessage, response: ServerResponse): void {
  const html = (page: string): void => void response.setHeader("content-type", "text/html").end(page);
  if (request.url === "/chat") return html(bareRows(PAGE, (n) => message(n + MESSAGES - PAGE)));
  if (request.url === "/home") return html(bareRows(RUNS, run));
  if (request.url === "/stream") return html(STREAM);
  // A browser asks for an icon of its own accord: it must not be taken for the answer that is measured.
  if (request.url !== SPEAKS) return void response.writeHead(404).end();
  let asked = "";
  request.setEncoding("utf8").on("data", (chunk: string) => (asked += chunk));
  request.once("end", () => speak(response, asked.includes("Stay busy")));
}

function speak(response: ServerResponse, isEndless: boolean): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const chunk = (delta: object, finish: string | null = null): void => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    response.write(`data: ${JSON.stringify({ id: "c", model: "bench", choices })}\n\n`);
  };
  let n = 0;
  const timer = setInterval(
    () => {
      if (!isEndless && n === PIECES) {
        clearInterval(timer);
        chunk({}, "stop");
        response.end("data: [DONE]\n\n");
        return;
      }
      if (!isEndless) sent.set(n, wallNow());
      // A paragraph now and then, as people are answered.
      chunk({ content: `w${n}. ${WORDS.slice(0, 76 - String(n).length)}${n % 10 === 9 ? "\n\n" : " "}` });
      n += 1;
    },
    isEndless ? 500 : PIECE_MS,
  );
  response.once("close", () => clearInterval(timer));
}
