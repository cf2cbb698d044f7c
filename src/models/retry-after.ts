/** How long a server asks to be left alone. */

type Headers = { readonly [name: string]: string };

/** In milliseconds; undefined: it does not say. `said`: all of its body, or of its frame. */
export function retryAfter(headers: Headers, said: string, now: number): number | undefined {
  return inMs(headers["retry-after-ms"]) ?? inHeader(headers, now) ?? inDetails(said) ?? inWords(said);
}

function inMs(value: string | undefined): number | undefined {
  const ms = Number(value);
  return value !== undefined && value.trim() !== "" && Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

/** `Retry-After` in seconds, as a date, or with a unit as some write it. */
function inHeader(headers: Headers, now: number): number | undefined {
  const value = headers["retry-after"]?.trim();
  if (value === undefined || value === "") return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.round(Number(value) * 1000);
  // Only as a whole: in a date `01 Dec` is no day, and `07 Mar` are no minutes.
  if (SPAN.test(value)) return spanOf(value);
  const date = Date.parse(value);
  if (Number.isNaN(date)) return undefined;
  // The server's own clock is what its date was made by.
  const its = Date.parse(headers["date"] ?? "");
  return Math.max(0, date - (Number.isNaN(its) ? now : its));
}

/** Gemini's `RetryInfo`, and fields that others have. */
function inDetails(said: string): number | undefined {
  const delay = /"retryDelay"\s*:\s*"([^"]+)"/.exec(said)?.[1];
  if (delay !== undefined) return spanOf(delay);
  const seconds = /"retry_after(?:_seconds)?"\s*:\s*"?(\d+(?:\.\d+)?)/.exec(said)?.[1];
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1000);
}

function inWords(said: string): number | undefined {
  const span =
    /(?:try again|retry(?:ing)?|available)(?: your request)? (?:in|after) ((?:\d[\d.]*\s*[a-z]+[ ,]*)+)/i.exec(
      said,
    )?.[1];
  return span === undefined ? undefined : spanOf(span);
}

const SPAN = /^(?:\d+(?:\.\d+)?\s*[a-z]+[ ,]*)+$/i;

const UNIT_MS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `7m12.5s`, `36s`, `20 seconds`, `350ms`. */
function spanOf(text: string): number | undefined {
  let ms = 0;
  let found = false;
  for (const [, number, unit = ""] of text.matchAll(/(\d+(?:\.\d+)?)\s*(milliseconds?|ms|[a-z]+)/gi)) {
    const factor = /^ms$|^milli/i.test(unit) ? 1 : UNIT_MS[unit[0]?.toLowerCase() ?? ""];
    if (factor === undefined) break;
    ms += Number(number) * factor;
    found = true;
  }
  return found ? Math.round(ms) : undefined;
}
