import type { List, Stopped } from "../../wire/api.ts";
import type { Work } from "../../wire/work.ts";
import { workId } from "../command/ids.ts";
import type { Context } from "../command/context.ts";
import { ago, oneLine, shortId } from "../console/text.ts";

export type WorkOptions = { stop?: string };

const KINDS: { readonly [kind in Work["kind"]]: string } = {
  answer: "an answer in a chat",
  task: "a task",
  schedule: "a task of a schedule",
};

/** Lists all that is at work or waits, whoever's it is, or stops one of them. */
export async function work(context: Context, { stop }: WorkOptions): Promise<void> {
  const { out, io } = context;
  const client = await context.client("any");
  if (stop !== undefined) {
    const id = await workId(client, stop);
    const stopped = await client.request<Stopped>("POST", `/api/work/${encodeURIComponent(id)}/stop`);
    if (out.json) return out.document(stopped);
    if (stopped.runId === null) return out.note("It has ended by itself meanwhile.");
    return out.print(out.terminal ? `Stopped  ${shortId(id)}` : id);
  }
  const list = await client.request<List<Work>>("GET", "/api/work");
  if (out.json) return out.document(list);
  if (list.items.length === 0) return out.note("Nothing is at work.");
  out.table(
    [{ title: "ID" }, { title: "WHOSE" }, { title: "STATE" }, { title: "BEGAN" }, { title: "NODE" }, { title: "WHAT" }],
    list.items.map(({ id, user, kind, state, since, node, shown }) => [
      out.terminal ? shortId(id) : id,
      user,
      state,
      out.terminal ? ago(since, io.now()) : since,
      node ?? "",
      shown === null ? KINDS[kind] : oneLine(shown.title),
    ]),
  );
}
