import { SparkyError } from "../../core/errors.ts";

/** What a Durable Streams request asks for, and the offsets and cursors that answer it. */

export type Live = "long-poll" | "sse";

export interface StreamQuery {
  /** The last `seq` that the reader has; `foreign`: a position in another history. */
  readonly after: number | "now" | "foreign";
  readonly live: Live | null;
  readonly cursor: number | null;
}

const SEQ_DIGITS = 16;
const OFFSET = /^(?<epoch>[\w~.-]+)_(?<seq>\d{16})$/;

/** Offsets of one epoch sort as strings in the order of the log. */
export function formatOffset(epoch: string, seq: number): string {
  return `${epoch}_${String(seq).padStart(SEQ_DIGITS, "0")}`;
}

/** Throws `invalid_input`. Unknown names are ignored, as the protocol asks. */
export function parseStreamQuery(query: URLSearchParams, epoch: string): StreamQuery {
  const live = once(query, "live");
  if (live !== null && live !== "long-poll" && live !== "sse") {
    throw new SparkyError("invalid_input", "live: must be one of long-poll, sse");
  }
  const offset = once(query, "offset");
  if (live !== null && offset === null) {
    throw new SparkyError("invalid_input", `offset: is required with live=${live}`, {
      hint: "offset=-1 is the beginning, offset=now the end",
    });
  }
  return { after: parseOffset(offset ?? "-1", epoch), live, cursor: parseCursor(once(query, "cursor")) };
}

function parseOffset(offset: string, epoch: string): StreamQuery["after"] {
  if (offset === "-1") return 0;
  if (offset === "now") return "now";
  const parts = OFFSET.exec(offset)?.groups;
  const seq = Number(parts?.["seq"]);
  if (!Number.isSafeInteger(seq)) {
    throw new SparkyError("invalid_input", "offset: must be -1, now, or what Stream-Next-Offset said");
  }
  return parts?.["epoch"] === epoch ? seq : "foreign";
}

/** A cursor that is none of ours is as good as none. */
function parseCursor(cursor: string | null): number | null {
  const value = cursor !== null && /^\d+$/.test(cursor) ? Number(cursor) : NaN;
  return Number.isSafeInteger(value) ? value : null;
}

function once(query: URLSearchParams, name: string): string | null {
  const values = query.getAll(name);
  if (values.length > 1) throw new SparkyError("invalid_input", `${name}: must be given once`);
  return values[0] ?? null;
}

/** The protocol's own zero and length of an interval: https://github.com/durable-streams/durable-streams, PROTOCOL.md §8.1 */
const CURSOR_ZERO_MS = Date.UTC(2024, 9, 9);
const CURSOR_INTERVAL_MS = 20_000;

/** The number of the current interval, and above what the reader sent, so that its next URL is a new one for any cache. */
export function nextCursor(now: number, sent: number | null): string {
  const current = Math.max(0, Math.floor((now - CURSOR_ZERO_MS) / CURSOR_INTERVAL_MS));
  return String(sent === null || sent < current ? current : sent + 1);
}
