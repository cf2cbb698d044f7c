import { cleanFrames, type WireFormat } from "./frames.ts";
import { notAStream, type Failing } from "./model-errors.ts";

/** How much of an answer that is no stream is read, to say what it is. */
const MOST_CHARS = 65_536;

/**
 * The `fetch` of a provider's library: an answer that is no stream of events fails with what it is, harmless frames are left
 * out, and every piece of a body is told as a sign of life.
 */
export function carefulFetch(format: WireFormat, failing: Failing, onBytes: () => void): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!response.ok || response.body === null) return response;
    const headers = Object.fromEntries(response.headers);
    const { head, body } = await begun(watched(response.body, onBytes));
    if (head !== "" && !/^(?:data|event|id|retry|error)?:|^(?:data|event|id|retry|error)$/.test(head)) {
      throw notAStream(await rest(body), headers, failing);
    }
    return new Response(body.pipeThrough(cleanFrames(format)), { status: response.status, headers: response.headers });
  };
}

function watched(body: ReadableStream<Uint8Array>, onBytes: () => void): ReadableStream<Uint8Array> {
  const watch = new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, controller) {
      onBytes();
      controller.enqueue(bytes);
    },
  });
  return body.pipeThrough(watch);
}

/** The first line's beginning, as far as it tells what the body is, and the whole body still to be read. */
async function begun(
  body: ReadableStream<Uint8Array>,
): Promise<{ readonly head: string; readonly body: ReadableStream<Uint8Array> }> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  const decoder = new TextDecoder();
  let head = "";
  let ended = false;
  // The longest name of a field has five letters.
  while (head.length < 6 && !/[:\n]/.test(head) && !ended) {
    const { done, value } = await reader.read();
    ended = done;
    if (value === undefined) continue;
    chunks.push(value);
    head = (head + decoder.decode(value, { stream: true })).trimStart();
  }
  const again = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const first = chunks.shift();
      const next = first === undefined ? await reader.read() : { done: false as const, value: first };
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { head: /^[^:\n]*:?/.exec(head)?.[0] ?? "", body: again };
}

async function rest(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of body) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > MOST_CHARS) break;
  }
  return text;
}
