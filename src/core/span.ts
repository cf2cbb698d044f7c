const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;
const DAY_MS = 86_400_000;

/** How such a time is written, for whoever wrote it otherwise. */
export const MOMENT = "must be a day such as 2026-05-07, or a time with its offset such as 2026-05-07T09:00:00Z";

/**
 * Where a span begins, or right behind where it ends, in milliseconds: ISO 8601, a time with its offset or a whole day of UTC,
 * which belongs to the span. null: it is neither.
 */
export function momentOf(text: string, edge: "from" | "to"): number | null {
  const isDay = DAY.test(text);
  if (!isDay && !TIME.test(text)) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at) || (isDay && !new Date(at).toISOString().startsWith(text))) return null;
  return isDay && edge === "to" ? at + DAY_MS : at;
}
