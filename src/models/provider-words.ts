/** What a server says of a failure, whatever the shape in which it says it. */
export interface Words {
  /** In its own words; empty: none. */
  readonly message: string;
  /** Its own codes and types of the error, in lower case. */
  readonly kind: string;
  /** The HTTP status that the body names; null: none. */
  readonly status: number | null;
}

const NONE: Words = { message: "", kind: "", status: null };

/** Reads a body: JSON of any usual shape, a web page, or plain text. */
export function wordsIn(body: string): Words {
  const text = body.trim().replace(/^data:\s*/, "");
  if (text.startsWith("<")) return { ...NONE, message: pageWords(text) };
  if (/^[[{"]/.test(text)) {
    try {
      return wordsOf(JSON.parse(text));
    } catch {
      // Then it is text that begins so.
    }
  }
  return { ...NONE, message: text };
}

/** Where the words stand, the more telling first. */
const MESSAGE_KEYS = [
  "message",
  "msg",
  "detail",
  "details",
  "error_msg",
  "error_message",
  "status_msg",
  "reason",
  "title",
];
const KIND_KEYS = ["type", "code", "status", "error_type", "__type"];
const INNER_KEYS = ["error", "errors", "response", "base_resp", "body"];

/** The same of a value that has been parsed. */
export function wordsOf(value: unknown, depth = 0): Words {
  if (typeof value === "string") return depth === 0 ? { ...NONE, message: value } : nested(value, depth);
  if (Array.isArray(value)) {
    const all = value.map((each) => wordsOf(each, depth + 1));
    const message = all.flatMap((each) => each.message || []).join("; ");
    return { message, kind: all[0]?.kind ?? "", status: all[0]?.status ?? null };
  }
  if (typeof value !== "object" || value === null || depth > 5) return NONE;
  const record = value as { readonly [key: string]: unknown };
  const inner = INNER_KEYS.map((key) => wordsOf(record[key], depth + 1)).find(({ message }) => message !== "");
  const own = MESSAGE_KEYS.map((key) => placed(record, wordsOf(record[key], depth + 1).message)).find(
    (each) => each !== "",
  );
  const passed = passedOn(record["metadata"], depth);
  const kinds = KIND_KEYS.flatMap((key) => (typeof record[key] === "string" ? [record[key].toLowerCase()] : []));
  const status = ["status_code", "statusCode", "code", "status"].map((key) => Number(record[key])).find(isStatus);
  const message = inner?.message || own || "";
  return {
    message: passed === "" || message.includes(passed) ? message : message === "" ? passed : `${message}: ${passed}`,
    kind: [...kinds, inner?.kind ?? ""].filter((each) => each !== "" && each !== "error").join(" "),
    status: inner?.status ?? status ?? null,
  };
}

const isStatus = (status: number): boolean => Number.isInteger(status) && status >= 400 && status < 600;

/** Some put the JSON of another server's error into their own message. */
function nested(text: string, depth: number): Words {
  if (!/^\s*[[{]/.test(text)) return { ...NONE, message: text.trim() };
  try {
    const inner = wordsOf(JSON.parse(text), depth + 1);
    return inner.message === "" ? { ...NONE, message: text.trim() } : inner;
  } catch {
    return { ...NONE, message: text.trim() };
  }
}

/** FastAPI's list of what is wrong says where. */
function placed({ loc }: { readonly [key: string]: unknown }, message: string): string {
  return message !== "" && Array.isArray(loc) ? `${loc.join(".")}: ${message}` : message;
}

/** What OpenRouter passes on of the provider behind it. */
function passedOn(metadata: unknown, depth: number): string {
  if (typeof metadata !== "object" || metadata === null) return "";
  const { raw, reasons } = metadata as { readonly [key: string]: unknown };
  if (Array.isArray(reasons) && reasons.length > 0) return reasons.join(", ");
  return wordsOf(raw, depth + 1).message;
}

function pageWords(html: string): string {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(html)?.[1] ?? /<h1[^>]*>([^<]*)<\/h1>/i.exec(html)?.[1];
  const text = title ?? html.replace(/<(script|style)[^]*?<\/\1>/gi, " ").replace(/<[^>]*>/g, " ");
  return text.replace(/\s+/g, " ").trim();
}
