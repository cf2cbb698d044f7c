import { clock } from "../ui/clock.ts";

/** The day of an instant, by the reader's own clock. */
export const dayIn = (at: string): string => clock().date.format(Date.parse(at));

/** As a field for a date takes it; empty: none. */
export function fieldOf(at: string | undefined): string {
  if (at === undefined) return "";
  const parts = clock().day.formatToParts(Date.parse(at));
  const part = (type: "year" | "month" | "day", length: number): string =>
    (parts.find((each) => each.type === type)?.value ?? "").padStart(length, "0");
  return `${part("year", 4)}-${part("month", 2)}-${part("day", 2)}`;
}
