import type { Chat, MessageAccepted, NewChat, Task } from "../../wire/api.ts";
import type { Io } from "../console/io.ts";
import type { Request } from "./link.ts";
import { createOutbox, type Outbox, type Outgoing } from "./outbox.ts";

/**
 * What a person sends, to the chat that was open when it was written: another one may be open by the time that it arrives.
 * A chat that does not exist yet is made for the first thing that is said in it.
 */
export interface Posts {
  /** Of the chat that is open. */
  readonly items: readonly Outgoing[];
  /** What no server is known to have, of all chats. */
  readonly unsent: readonly Outgoing[];
  moveTo(chatId: string | null): void;
  /** What the chat that does not exist yet begins with. */
  readonly beginning: Beginning;
  beginWith(more: Beginning): void;
  send(kind: Outgoing["kind"], text: string): void;
  /** False when nothing has failed. */
  retry(): boolean;
  /** The log of the chat that is open is shown so far. */
  arrived(seq: number, keys: ReadonlySet<string>): void;
}

export type Beginning = Pick<NewChat, "model" | "effort">;

export interface PostsDeps {
  readonly io: Pick<Io, "now" | "sleep">;
  readonly request: Request;
  readonly signal: AbortSignal;
  readonly changed: () => void;
  /** The chat that is open exists from now on. */
  readonly began: (chat: Chat) => void;
  readonly queued: (task: Task) => void;
  /** Something for a chat that is not open any more could not be sent. */
  readonly failedElsewhere: (item: Outgoing) => void;
}

interface Place {
  chatId: string | null;
  beginning: Beginning;
  /** So that the chat is made once, however often it is asked for. */
  readonly key: string;
  readonly outbox: Outbox;
}

export function createPosts({ io, request, signal, changed, began, queued, failedElsewhere }: PostsDeps): Posts {
  let others: readonly Place[] = [];
  let here = newPlace(null);

  function newPlace(chatId: string | null): Place {
    const place: Place = {
      chatId,
      beginning: {},
      key: crypto.randomUUID(),
      outbox: createOutbox(io, signal, {
        post: (item) => post(place, item),
        changed,
        failed: (item) => (place === here ? undefined : failedElsewhere(item)),
      }),
    };
    return place;
  }
  async function post(place: Place, { kind, key, text }: Outgoing): Promise<number | null> {
    const chatId = place.chatId ?? (await begin(place));
    if (kind === "message") {
      const { seq } = await request<MessageAccepted>("POST", `/api/chats/${chatId}/messages`, { text, key });
      return place === here ? seq : null;
    }
    queued(await request<Task>("POST", "/api/tasks", { instruction: text, chatId, key }));
    return null;
  }
  async function begin(place: Place): Promise<string> {
    const chat = await request<Chat>("POST", "/api/chats", { ...place.beginning, key: place.key });
    place.chatId = chat.id;
    if (place === here) began(chat);
    return chat.id;
  }
  return {
    get items() {
      return here.outbox.items;
    },
    get unsent() {
      return [...others, here].flatMap(({ outbox }) => outbox.unsent);
    },
    moveTo(chatId) {
      others = [...others, here].filter(({ outbox }) => outbox.unsent.length > 0);
      here = newPlace(chatId);
    },
    get beginning() {
      return here.beginning;
    },
    beginWith(more) {
      here.beginning = { ...here.beginning, ...more };
    },
    send: (kind, text) => here.outbox.send(kind, text),
    retry: () => [...others, here].filter(({ outbox }) => outbox.retry()).length > 0,
    arrived: (seq, keys) => here.outbox.arrived(seq, keys),
  };
}
