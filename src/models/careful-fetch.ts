import { AsyncLocalStorage } from "node:async_hooks";
import { CleanFrames, type WireFormat } from "./frames.ts";
import { notAStream, type Failing } from "./model-errors.ts";
import { ModelError } from "./model.ts";

/** How much of an answer that is no stream is read, to say what it is. */
const MOST_CHARS = 65_536;
/** Of one frame: a server that sends more without an end would fill the memory. */
const MOST_FRAME_CHARS = 32 * 1024 * 1024;

const SPACE = 0x20;
/** Some servers make up higher ones. */
const MOST_STATUS = 599;

export interface SignsOfLife {
  /** When a piece of the body came, by `performance.now()`. */
  last: number;
}

/**
 * Around a request to a provider's library, which is shared. No function, which would know of its step: the connection that
 * this request opens keeps it for as long as it is used.
 */
export const signsOfLife = new AsyncLocalStorage<SignsOfLife>();

/** The `fetch` of a provider's library: an answer that is no stream of events fails with what it is, harmless frames are left out. */
export function carefulFetch(format: WireFormat, failing: Failing): typeof fetch {
  return async (input, init) => {
    const life = signsOfLife.getStore();
    const response = await fetch(input, init);
    if (response.body === null) return response;
    const { status, statusText, headers: sent } = response;
    const pieces = new Pieces(response.body, life);
    if (!response.ok) {
      // The library reads a refusal to its end, whether it has one or not; what broke off is told by its status.
      const said = await textOf(pieces).catch(() => "");
      return new Response(said, { status: Math.min(status, MOST_STATUS), statusText, headers: sent });
    }
    const headers = Object.fromEntries(sent);
    const head = await pieces.head();
    if (head !== "" && !/^(?:data|event|id|retry|error)?:|^(?:data|event|id|retry|error)$/.test(head)) {
      throw notAStream(await textOf(pieces), headers, failing);
    }
    return new Response(cleaned(pieces, format, failing), { status, headers: sent });
  };
}

/** A body in its pieces, whose beginning can be looked at before it is read. */
class Pieces {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #life: SignsOfLife | undefined;
  readonly #ahead: Uint8Array[] = [];

  constructor(body: ReadableStream<Uint8Array>, life: SignsOfLife | undefined) {
    this.#reader = body.getReader();
    this.#life = life;
  }

  /** undefined: it has ended. */
  async next(): Promise<Uint8Array | undefined> {
    return this.#ahead.shift() ?? this.#read();
  }

  cancel(reason: unknown): Promise<void> {
    return this.#reader.cancel(reason);
  }

  /** The first line's beginning, as far as it tells what the body is. */
  async head(): Promise<string> {
    const decoder = new TextDecoder();
    let head = "";
    // The longest name of a field has five letters.
    while (head.length < 6 && !/[:\n]/.test(head)) {
      const bytes = await this.#read();
      if (bytes === undefined) break;
      // Empty lines keep a connection alive for as long as the model thinks.
      if (head !== "" || bytes.some((byte) => byte > SPACE)) this.#ahead.push(bytes);
      head = (head + decoder.decode(bytes, { stream: true })).trimStart();
    }
    return /^[^:\n]*:?/.exec(head)?.[0] ?? "";
  }

  async #read(): Promise<Uint8Array | undefined> {
    const { value } = await this.#reader.read();
    if (value !== undefined && this.#life !== undefined) this.#life.last = performance.now();
    return value;
  }
}

async function textOf(pieces: Pieces): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes; text.length <= MOST_CHARS && (bytes = await pieces.next()) !== undefined;)
    text += decoder.decode(bytes, { stream: true });
  await pieces.cancel(undefined);
  return text;
}

/** One stream, not one for each thing that is done: hundreds of answers may come at once. */
function cleaned(pieces: Pieces, format: WireFormat, failing: Failing): ReadableStream<Uint8Array> {
  const frames = new CleanFrames(format);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const bytes = await pieces.next();
        const out = bytes === undefined ? frames.end() : frames.add(bytes);
        if (frames.pending > MOST_FRAME_CHARS) throw endless(failing);
        if (out !== null) controller.enqueue(out);
        if (bytes === undefined) controller.close();
        if (out !== null || bytes === undefined) return;
      }
    },
    cancel: (reason) => pieces.cancel(reason),
  });
}

const endless = ({ id }: Failing): ModelError =>
  new ModelError("model_bad_response", `${id} sent a piece of its answer that is too big to be read`, {
    retryable: true,
  });
