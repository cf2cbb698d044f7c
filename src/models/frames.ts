import { wordsOf } from "./provider-words.ts";

/** The frames of a provider's stream, without those that are harmless and that the library would trip over. */

export type WireFormat = "chat" | "responses" | "anthropic" | "google";

const ANTHROPIC = /^(?:message_(?:start|delta|stop)|content_block_(?:start|delta|stop)|ping|error)$/;
const KEEP_ALIVE = /^(?:ping|heart-?beat|keep-?alive)$/i;

/** Bytes in, bytes out: what is no answer and no error of the format is left out, errors are put into its own shape. */
export class CleanFrames {
  readonly #decoder = new TextDecoder();
  readonly #encoder = new TextEncoder();
  readonly #frame: Frame;
  /** The line that has not ended. Each piece is looked through once, when it comes: a line may have thousands of them. */
  #rest = "";
  /** A carriage return at the end, which may be half of a line's end. */
  #half = "";

  constructor(format: WireFormat) {
    this.#frame = new Frame(format);
  }

  /** Characters of the frame that has not ended. */
  get pending(): number {
    return this.#frame.size + this.#rest.length;
  }

  /** What of it can be passed on by now; null: nothing yet. */
  add(bytes: Uint8Array): Uint8Array | null {
    const text = this.#half + this.#decoder.decode(bytes, { stream: true });
    this.#half = text.endsWith("\r") ? "\r" : "";
    return this.#encoded(this.#lines(text.slice(0, text.length - this.#half.length)));
  }

  /** What is left when the bytes have ended. */
  end(): Uint8Array | null {
    const lines = this.#lines(this.#half + this.#decoder.decode());
    // Some servers forget the empty line behind the last frame.
    return this.#encoded([...lines, this.#rest, ""]);
  }

  /** Those that have ended with this text. */
  #lines(text: string): readonly string[] {
    const [first = "", ...more] = text.split(/\r\n|\n|\r/);
    const lines = [this.#rest + first, ...more];
    this.#rest = lines.pop() ?? "";
    return lines;
  }

  #encoded(lines: readonly string[]): Uint8Array | null {
    const out = lines.flatMap((line) => this.#frame.line(line)).join("");
    return out === "" ? null : this.#encoder.encode(out);
  }
}

/** Collects the lines of one frame after another. */
class Frame {
  readonly #format: WireFormat;
  #event = "";
  #data: string[] = [];
  /** Characters that are kept of it by now. */
  size = 0;

  constructor(format: WireFormat) {
    this.#format = format;
  }

  /** What is to be passed on now that this line is there. */
  line(line: string): readonly string[] {
    const [, field = "", value = ""] = /^\uFEFF?([^:]*):? ?([^]*)$/.exec(line) ?? [];
    if (line !== "") {
      // Some write an error where the format has no such field.
      if (field === "event") this.#event = value.trim();
      else if (field === "data" || field === "error") {
        this.#data.push(value);
        this.size += line.length;
      }
      if (field === "error") this.#event = "error";
      return [];
    }
    const [data, event] = [this.#data, this.#event];
    [this.#data, this.#event, this.size] = [[], "", 0];
    const whole = data.join("\n");
    // Some set one line under the other without an empty one between: each is a frame then.
    const each = data.length > 1 && parsed(whole) === undefined && data.every((one) => isWhole(one)) ? data : [whole];
    return each.flatMap((one) => cleaned(this.#format, event, one)).map((one) => `data: ${one}\n\n`);
  }
}

const isWhole = (data: string): boolean => data.trim() === "[DONE]" || parsed(data) !== undefined;

function parsed(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return undefined;
  }
}

/** The frame's data as the library is to see it; nothing: it says nothing. */
function cleaned(format: WireFormat, event: string, data: string): readonly string[] {
  const text = data.trim();
  if (text === "" || KEEP_ALIVE.test(event)) return [];
  if (text === "[DONE]") return [text];
  const value = parsed(text);
  if (value === undefined) {
    if (event === "error") return [JSON.stringify(inShape(format, text))];
    // Text under a name of its own is a server's remark; anything else is half of something.
    return event !== "" && /^[^{["]/.test(text) ? [] : [data];
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const record = value as { readonly [key: string]: unknown };
  if (isAnswer(format, record)) return [data];
  if (format === "chat" && record["usage"] && !record["error"]) return [JSON.stringify({ ...record, choices: [] })];
  return isError(event, record) ? [JSON.stringify(inShape(format, record))] : [];
}

function isAnswer(format: WireFormat, record: { readonly [key: string]: unknown }): boolean {
  const type = typeof record["type"] === "string" ? record["type"] : "";
  if (record["error"] != null && type !== "error") return false;
  switch (format) {
    case "chat":
      return Array.isArray(record["choices"]);
    case "responses":
      // The other format of the same provider too: the library says what is wrong then.
      return type.startsWith("response.") || Array.isArray(record["choices"]);
    case "anthropic":
      return type !== "error" && ANTHROPIC.test(type);
    case "google":
      return ["candidates", "promptFeedback", "usageMetadata"].some((key) => record[key] != null);
  }
}

function isError(event: string, record: { readonly [key: string]: unknown }): boolean {
  return (
    event === "error" ||
    record["error"] != null ||
    ["type", "object", "status"].some((key) => record[key] === "error") ||
    record["detail"] != null ||
    record["errors"] != null
  );
}

/** An error as the format has it, with the provider's own words, codes and whatever else it said. */
function inShape(format: WireFormat, said: string | { readonly [key: string]: unknown }): object {
  const words = wordsOf(said);
  const inner = typeof said === "object" && typeof said["error"] === "object" ? said["error"] : said;
  const more = typeof inner === "object" && inner !== null ? inner : {};
  const message = words.message === "" ? "the server reported an error without words" : words.message;
  const type = words.kind.split(" ")[0] || "error";
  const code = "code" in more && (typeof more.code === "string" || typeof more.code === "number") ? more.code : type;
  switch (format) {
    case "chat":
      return { error: { ...more, message, type, code } };
    case "responses":
      return { type: "error", sequence_number: 0, error: { ...more, message, type, code: String(code), param: null } };
    case "anthropic":
      return { type: "error", error: { ...more, message, type } };
    case "google":
      return { error: { ...more, message, code: words.status, status: type.toUpperCase() } };
  }
}
