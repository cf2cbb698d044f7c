import { callLine } from "../../core/exact.ts";
import type { Chat, List, Task } from "../../wire/api.ts";
import type { Approval, Grant } from "../../wire/approvals.ts";
import { ID_LENGTH } from "../../core/ids.ts";
import type { Passkey } from "../../wire/passkeys.ts";
import type { OpenInvite, OpenSession } from "../../wire/people.ts";
import type { Question } from "../../wire/questions.ts";
import type { ChatLink } from "../../wire/shares.ts";
import type { Work } from "../../wire/work.ts";
import type { Client } from "../client/client.ts";
import { Failure, usage } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";
import { cut } from "../console/columns.ts";
import { oneLine } from "../console/text.ts";

const FEWEST = 4;
const CANDIDATES = 5;

/** The id that a person meant: a whole one, or any unique start of 4 or more characters. */
export async function taskId(client: Client, given: string): Promise<string> {
  return resolve(client, given, {
    word: "task",
    path: "/api/tasks",
    list: "sparky agent tasks list --limit 5",
    title: (task: Task) => task.instruction,
  });
}

export async function chatId(client: Client, given: string): Promise<string> {
  return resolve(client, given, {
    word: "chat",
    path: "/api/chats",
    list: "sparky chats list --limit 5",
    title: (chat: Chat) => chat.title,
  });
}

/** One that was answered is found too: its answer is what the person must be told. */
export async function approvalId(client: Client, given: string): Promise<string> {
  return resolve(client, given, {
    word: "approval",
    path: "/api/approvals",
    query: { state: "all" },
    list: "sparky approvals list",
    title: (approval: Approval) => callLine(approval.tool, approval.summary),
  });
}

export async function questionId(client: Client, given: string): Promise<string> {
  return resolve(client, given, {
    word: "question",
    path: "/api/questions",
    query: { state: "all" },
    list: "sparky approvals questions",
    title: (question: Question) => question.text,
  });
}

export async function grantId(client: Client, given: string): Promise<string> {
  return resolve(client, given, {
    word: "grant",
    path: "/api/grants",
    list: "sparky approvals grants",
    title: (grant: Grant) => grant.tool,
  });
}

export async function sessionId(client: Client, given: string, user: string): Promise<string> {
  return resolve(client, given, {
    word: "session",
    path: "/api/sessions",
    query: { user },
    list: `sparky user sessions ${user}`,
    title: (session: OpenSession) => session.browser ?? "",
  });
}

export async function passkeyId(client: Client, given: string, user: string): Promise<string> {
  return resolve(client, given, {
    word: "passkey",
    path: "/api/passkeys",
    query: { user },
    list: `sparky user passkeys ${user}`,
    title: (passkey: Passkey) => passkey.name,
  });
}

export async function inviteId(client: Client, given: string): Promise<string> {
  return resolve(client, given, {
    word: "invitation",
    path: "/api/invites",
    list: "sparky user invites",
    title: (invite: OpenInvite) => invite.name,
  });
}

export async function workId(client: Client, given: string): Promise<string> {
  return resolve(client, given, {
    word: "run",
    path: "/api/work",
    list: "sparky user work",
    title: (work: Work) => `${work.user}  ${work.kind}`,
  });
}

export async function linkId(client: Client, given: string, chat: string): Promise<string> {
  return resolve(client, given, {
    word: "link",
    path: `/api/chats/${chat}/links`,
    list: `sparky chats links ${chat}`,
    title: (link: ChatLink) => (link.write ? "to write" : "to watch"),
  });
}

interface Kind<T> {
  readonly word: string;
  readonly path: string;
  readonly query?: { readonly [name: string]: string };
  readonly list: string;
  readonly title: (item: T) => string;
}

async function resolve<T extends { readonly id: string }>(
  client: Client,
  given: string,
  kind: Kind<T>,
): Promise<string> {
  if (given.length < FEWEST) {
    throw usage(`"${given}" is too short for the id of a ${kind.word}: give at least ${FEWEST} characters`, kind.list);
  }
  const query = new URLSearchParams({ prefix: given, limit: String(CANDIDATES + 1), ...kind.query });
  const { items } = await client.request<List<T>>("GET", `${kind.path}?${query}`);
  const exact = given.length >= ID_LENGTH ? items.find((item) => item.id === given) : undefined;
  const only = exact ?? (items.length === 1 ? items[0] : undefined);
  if (only !== undefined) return only.id;
  if (items.length === 0) {
    throw new Failure(EXIT.notFound, "not_found", `no ${kind.word} starts with "${given}"`, kind.list);
  }
  const rows = items.slice(0, CANDIDATES).map((item) => `\n  ${item.id}  ${cut(oneLine(kind.title(item)), 60)}`);
  const more = items.length > CANDIDATES ? "\n  …" : "";
  throw usage(`"${given}" is the start of several ids:${rows.join("")}${more}`, "give more characters of the id");
}
