import type { ChatEvent } from "./events.ts";
import { createMarkdown } from "./log-markdown.ts";
import { jsonText } from "./plain-text.ts";

/** In what a chat can be exported: to read, or exactly as it is stored. */
export type ChatFormat = "md" | "json";

interface Exported {
  readonly id: string;
  readonly title: string;
}

/** A whole log as one document, event by event: it may be longer than what fits in memory twice. */
export async function* chatText(
  format: ChatFormat,
  chat: Exported,
  events: AsyncIterable<ChatEvent>,
): AsyncGenerator<string, void, undefined> {
  if (format === "md") {
    const markdown = createMarkdown(chat.title);
    yield markdown.head();
    for await (const event of events) yield markdown.event(event);
    return;
  }
  yield `{"chat":${jsonText(chat)},"events":[`;
  let comma = "";
  for await (const event of events) {
    yield comma + jsonText(event);
    comma = ",";
  }
  yield "]}\n";
}

const LONGEST = 60;

/** A file's name that every system takes: the plain letters and digits of the title, and the beginning of the id. */
export function exportName({ id, title }: Exported, format: ChatFormat): string {
  const words = title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, "");
  return `${words === "" ? "chat" : words}-${id.replace(/\W/g, "").slice(0, 8)}.${format}`;
}
