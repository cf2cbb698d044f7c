import { z } from "zod";
import type { Json } from "../../core/events.ts";
import { short } from "./choose.ts";

const recalledSchema = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      author: z.string().optional(),
      name: z.string().optional(),
      text: z.string(),
      at: z.string(),
    }),
  ),
  note: z.string().optional(),
  leftOut: z.string().optional(),
});

const MOST_HITS = 20;

/** What was recalled, the best first, each with what links to it; null: it is no such result. */
export function recalledInWords(value: Json): string | null {
  const read = recalledSchema.safeParse(value);
  if (!read.success) return null;
  const { items, note, leftOut } = read.data;
  const hits = items.slice(0, MOST_HITS).map(({ id, kind, author, name, text, at }) => {
    const who = short(author ?? name ?? kind);
    return `- ${who}, ${at.slice(0, 10)}: ${short(text, 200)} [m:${id}]`;
  });
  const told =
    hits.length > 0 ? `recall found:\n\n${hits.join("\n")}` : `recall found nothing${note ? `: ${note}` : ""}.`;
  return [told, ...(leftOut === undefined ? [] : [leftOut])].join("\n\n");
}
