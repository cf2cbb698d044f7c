import { Link } from "@tanstack/react-router";
import { File, ListTodo, MessagesSquare, Waypoints } from "lucide-react";
import type { ReactNode } from "react";
import { referencePlaces, referenceText, THING_KINDS, thingKind, type ThingKind } from "../../src/core/references.ts";
import type { LogEvent } from "../../src/core/transcript.ts";
import { Exact } from "../text/exact.tsx";
import { WORDS } from "../words/thread.ts";

/** Nodes, chats, tasks and files that a message refers to: shown by what they were called when they were read for it. */

/** By `@KIND:ID`. */
export type Titles = ReadonlyMap<string, string>;

export const NO_TITLES: Titles = new Map();

export function titlesIn(events: readonly LogEvent[]): Titles {
  const titles = new Map<string, string>();
  for (const event of events) {
    if (event.type === "resource" && event.data.title !== undefined)
      titles.set(referenceText(event.data), event.data.title);
  }
  return titles;
}

export interface ThingPlace {
  readonly kind: ThingKind;
  readonly id: string;
  readonly title: string;
  readonly from: number;
  readonly to: number;
}

/** Where they stand in a text; what was not read stays as it was written. */
export function thingPlaces(text: string, titles: Titles): readonly ThingPlace[] {
  if (titles.size === 0) return [];
  return [...referencePlaces(text, THING_KINDS)].flatMap(({ server, uri, from, to }) => {
    const kind = thingKind(server);
    const title = titles.get(referenceText({ server, uri }));
    return kind === null || title === undefined ? [] : [{ kind, id: uri, title, from, to }];
  });
}

const ICONS = { node: Waypoints, chat: MessagesSquare, task: ListTodo, file: File };

export function ThingLink({ kind, id, title }: Omit<ThingPlace, "from" | "to">) {
  const Icon = ICONS[kind];
  const inside: ReactNode = (
    <>
      <Icon aria-hidden="true" className="mr-1 inline size-3.5 align-[-0.15em]" />
      <span className="sr-only">{WORDS.offers.thing(kind, "")} </span>
      <Exact text={title} />
    </>
  );
  const look =
    "box-decoration-clone rounded-md bg-page px-1.5 py-0.5 font-medium text-accent underline decoration-line-strong [overflow-wrap:anywhere]";
  switch (kind) {
    case "node":
      return (
        <Link to="/memory/nodes/$nodeId" params={{ nodeId: id }} data-thing={kind} className={look}>
          {inside}
        </Link>
      );
    case "chat":
      return (
        <Link to="/chats/$chatId" params={{ chatId: id }} data-thing={kind} className={look}>
          {inside}
        </Link>
      );
    case "task":
      return (
        <Link to="/tasks" search={{ id }} data-thing={kind} className={look}>
          {inside}
        </Link>
      );
    case "file":
      return (
        <a href={`/api/files/${encodeURIComponent(id)}`} download={title} data-thing={kind} className={look}>
          {inside}
        </a>
      );
  }
}
