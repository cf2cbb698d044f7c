import { messageOf } from "../core/errors.ts";
import type { ChatEvent } from "../core/events.ts";
import { referencesIn, THING_KINDS, thingKind, type Reference } from "../core/references.ts";
import { AGENT_ID } from "../store/people/user.ts";
import type { Claimed } from "../store/runs/claim.ts";
import { recordResources, type ReadResource } from "../store/runs/resources.ts";
import type { Principal } from "../tools/tool.ts";
import { RunAborted, type WorkDeps } from "./deps.ts";
import type { RunLog } from "./log.ts";
import { readThing } from "./things.ts";

/** What people's messages refer to, at tool servers and in Sparky itself, is read once, before the model is given the message. */

interface Open extends Reference {
  readonly messageSeq: number;
  /** By whose rights it is read, by their id. */
  readonly writer: string;
}

/** A server that is slow holds up this one run for so long. */
const READ_MS = 30_000;

/** true: something was read, or could not be, and stands in the log now. */
export async function readReferences(
  { store, resources }: WorkDeps,
  claimed: Claimed,
  log: RunLog,
  principal: Principal,
  signal: AbortSignal,
): Promise<boolean> {
  const unread = messagesToRead(claimed, log);
  if (unread.length === 0) return false;
  const servers = (await resources?.names(principal)) ?? [];
  const names = [...servers, ...THING_KINDS.filter((kind) => !servers.includes(kind))];
  const known = new Set(log.events.flatMap((event) => (event.type === "resource" ? [keyOf(event.data)] : [])));
  const open = unread.flatMap(({ seq, text, writer }) =>
    referencesIn(text, names)
      .map((reference): Open => ({ ...reference, messageSeq: seq, writer }))
      .filter((each) => !known.has(keyOf(each))),
  );
  if (open.length === 0) return false;
  const read = async ({ writer, ...reference }: Open): Promise<ReadResource> => {
    const limit = new AbortController();
    const late = new Error(`nothing came within ${READ_MS / 1000} s`);
    const cancel = store.clock.after(READ_MS, () => limit.abort(late));
    try {
      const kind = servers.includes(reference.server) ? null : thingKind(reference.server);
      if (kind !== null) return { ...reference, ok: true, ...(await readThing(store, writer, kind, reference.uri)) };
      if (resources === undefined) throw new Error("there are no tool servers here");
      const text = await resources.read(principal, reference, AbortSignal.any([signal, limit.signal]));
      return { ...reference, ok: true, text };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RunAborted) throw error;
      return { ...reference, ok: false, error: messageOf(limit.signal.aborted ? late : error) };
    } finally {
      cancel();
    }
  };
  await recordResources(store, claimed, await Promise.all(open.map(read)));
  return true;
}

const keyOf = ({ messageSeq, server, uri }: Reference & { readonly messageSeq: number }): string =>
  JSON.stringify([messageSeq, server, uri]);

/**
 * What people wrote that no step has been given yet. The words of a task that a run has added are a model's own: those refer to
 * nothing, or it could have read by them what it must ask for.
 */
function messagesToRead(
  { run, chat, task }: Claimed,
  log: RunLog,
): readonly { readonly seq: number; readonly text: string; readonly writer: string }[] {
  const read = log.steps.reduce((most, { readSeq }) => Math.max(most, readSeq), 0);
  const isPersons = (event: ChatEvent): boolean =>
    event.taskId === null ? event.actor.kind === "user" && event.actor.id !== AGENT_ID : task?.parent_run === null;
  const own = Math.min(run.first_seq, task?.message_seq ?? run.first_seq);
  const unread = log.events.slice(log.events.findLastIndex(({ seq }) => seq <= read) + 1);
  return unread.flatMap((event) => {
    if (event.type !== "message" || event.data.role !== "user") return [];
    if (event.taskId !== run.task_id && (event.taskId !== null || event.seq < own)) return [];
    if (!isPersons(event) || !event.data.text.includes("@")) return [];
    // Who makes a chat from another's reads there what they see themselves, not what those see who wrote.
    const writer = event.data.originAt === undefined ? event.actor.id : chat.owner_id;
    return [{ seq: event.seq, text: event.data.text, writer }];
  });
}
