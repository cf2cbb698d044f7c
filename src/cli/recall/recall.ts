import type { Recalled, RecallPage } from "../../wire/recall.ts";
import type { Context } from "../command/context.ts";
import { chatId } from "../command/ids.ts";
import { ago, shortId } from "../console/text.ts";

export type RecallOptions = {
  why?: boolean;
  who?: string;
  from?: string;
  to?: string;
  kind?: Recalled["kind"];
  chat?: string;
  limit?: number;
};

export async function recall(context: Context, args: readonly string[], options: RecallOptions): Promise<void> {
  const { out, io } = context;
  const query = new URLSearchParams({ q: args.join(" "), limit: String(options.limit ?? 20) });
  const { who, from, to, kind } = options;
  for (const [name, value] of Object.entries({ who, from, to, kind })) if (value !== undefined) query.set(name, value);
  const client = await context.client("any");
  if (options.chat !== undefined) query.set("chatId", await chatId(client, options.chat));
  const page = await client.request<RecallPage>("GET", `/api/recall?${query}`);
  if (out.json) return out.document(page);
  if (page.items.length === 0) out.note(page.note ?? "Nothing is known that fits.");
  else {
    const id = (whole: string): string => (out.terminal ? shortId(whole) : whole);
    const when = (iso: string): string => (out.terminal ? ago(iso, io.now()) : iso);
    const why = options.why === true;
    out.table(
      [
        { title: "WHERE" },
        { title: "WHO", max: 20 },
        { title: "WHEN" },
        ...(why ? [{ title: "WHY", max: 60 }] : []),
        { title: "TEXT" },
      ],
      page.items.map((item) => [
        item.kind === "message" ? `${id(item.chatId)}#${item.seq}` : id(item.id),
        item.kind === "message" ? item.author : item.type,
        when(item.at),
        ...(why ? [item.why.join("; ")] : []),
        item.kind === "message" ? item.text : [item.name, item.text].filter(Boolean).join(": "),
      ]),
    );
    if (page.note !== undefined) out.note(page.note);
  }
  if (page.leftOut !== undefined) out.note(page.leftOut);
  if (!page.indexed) out.note("A long log is still being indexed: ask again in a while for the rest of it.");
}
