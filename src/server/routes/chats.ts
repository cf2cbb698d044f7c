import { SparkyError } from "../../core/errors.ts";
import { restoreChat } from "../../store/chats/restore.ts";
import { createChat, deleteChat, listChats, markSeen, patchChat } from "../../store/chats/chats.ts";
import { compactChat } from "../../store/chats/compact.ts";
import { forkChat } from "../../store/chats/fork.ts";
import { forkPlaces } from "../../store/chats/places.ts";
import { pinChat } from "../../store/chats/pins.ts";
import { listTags, tagChat } from "../../store/chats/tags.ts";
import { getChatWithView } from "../../store/chats/view.ts";
import { eventsPage } from "../../store/log/events.ts";
import { postMessage } from "../../store/chats/messages.ts";
import {
  chatPatchSchema,
  chatSchema,
  chatWithViewSchema,
  compactedSchema,
  eventsPageSchema,
  forkedSchema,
  forkPlacesSchema,
  listSchema,
  messageAcceptedSchema,
  newChatSchema,
  newForkSchema,
  newMessageSchema,
  pinSchema,
  seenSchema,
  stoppedSchema,
  type User,
} from "../../wire/api.ts";
import { chatContextSchema } from "../../wire/context.ts";
import { chatTagsSchema, tagInUseSchema, tagPatchSchema } from "../../wire/tags.ts";
import type { ServerDeps } from "../deps.ts";
import { chatExport } from "./chat-export.ts";
import { chatsQuery, contextQuery, eventsQuery } from "./queries.ts";
import { InTurn } from "./in-turn.ts";
import { route, type Route } from "./route.ts";

const writtenBySomebodyElse = (viewer: User): SparkyError =>
  new SparkyError("conflict", `this message was written by somebody else, and you are signed in as ${viewer.name}`, {
    hint: "sign in as who wrote it, or write it yourself",
  });

/** A long chat is folded anew for each. */
const MOST_CONTEXTS = 8;

export function chatRoutes({ store, log, stopRun, contextOf, models }: ServerDeps): readonly Route[] {
  const contexts = new InTurn(MOST_CONTEXTS);
  return [
    chatExport({ store, log }),
    route({
      method: "GET",
      path: "/api/chats",
      right: "chats.see",
      summary:
        "The chats that you may see, the most recent first: by default those that are not archived, by `prefix` all.",
      query: chatsQuery,
      answers: { 200: listSchema(chatSchema) },
      handle: async ({ viewer, query }) => ({ status: 200, body: await listChats(store, viewer, query) }),
    }),
    route({
      method: "GET",
      path: "/api/chats/:id/context",
      right: "chats.context",
      summary:
        "What a model was given for a step, of `runId` or of the newest run that has it: the system text, the tools, the conversation. " +
        "Without both, what an answer would begin with now; the time and what is known that matters are added when it begins. For " +
        "whose chat it is.",
      query: contextQuery,
      answers: { 200: chatContextSchema },
      handle: async ({ viewer, params, query }) => ({
        status: 200,
        body: await contexts.ask(viewer.id, () => contextOf(viewer, params.id, query)),
      }),
    }),
    route({
      method: "POST",
      path: "/api/chats",
      right: "work.begin",
      summary: "Starts a chat; 200 with your chat that has the same `key`, if there is one.",
      body: newChatSchema,
      answers: { 201: chatSchema, 200: chatSchema },
      async handle({ viewer, body }) {
        if (body.model !== undefined) models.check(body.model);
        const { chat, created } = await createChat(store, viewer, body);
        return { status: created ? 201 : 200, body: chat };
      },
    }),
    route({
      method: "GET",
      path: "/api/chats/:id",
      right: "chats.see",
      summary: "A chat with the fold of its log: active run, open calls, approvals, plan, totals.",
      answers: { 200: chatWithViewSchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await getChatWithView(store, viewer, params.id) }),
    }),
    route({
      method: "PATCH",
      path: "/api/chats/:id",
      right: "chats.write",
      summary: "Renames a chat, archives it, or chooses its model.",
      body: chatPatchSchema,
      answers: { 200: chatSchema },
      async handle({ viewer, params, body }) {
        if (typeof body.model === "string") models.check(body.model);
        return { status: 200, body: await patchChat(store, viewer, params.id, body) };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/chats/:id",
      right: "chats.delete",
      summary: "Deletes a chat and all that belongs to it; a run in it is cancelled.",
      answers: { 204: null },
      async handle({ viewer, params }) {
        await deleteChat(store, viewer, params.id);
        return { status: 204 };
      },
    }),
    route({
      method: "POST",
      path: "/api/chats/:id/restore",
      right: "chats.restore",
      summary: "Takes the deletion of a chat back, within a minute of it; what it cancelled stays so.",
      answers: { 200: chatSchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await restoreChat(store, viewer, params.id) }),
    }),
    route({
      method: "GET",
      path: "/api/chats/:id/events",
      right: "chats.see",
      summary:
        "A page of the chat's log, ascending: after a `seq`, before one, or else the newest. At most `limit` events and 256 KB of them, but one at least: there are more while `last`, or `first`, is not reached.",
      query: eventsQuery,
      answers: { 200: eventsPageSchema },
      handle: async ({ viewer, params, query }) => ({
        status: 200,
        body: await eventsPage(store, viewer, params.id, query),
      }),
    }),
    route({
      method: "POST",
      path: "/api/chats/:id/messages",
      right: "chats.write",
      summary:
        "Sends a message; answers with its `seq` and the run that will read it. The same `key` is stored once; 409 if `by` is somebody else. " +
        "`attachments` are your files that nothing was sent with, or the chat's, which are sent once more.",
      body: newMessageSchema,
      answers: { 202: messageAcceptedSchema },
      async handle({ viewer, params, body: { by, ...message } }) {
        if (by !== undefined && by !== viewer.id) throw writtenBySomebodyElse(viewer);
        return { status: 202, body: await postMessage(store, viewer, params.id, message) };
      },
    }),
    route({
      method: "POST",
      path: "/api/chats/:id/fork",
      right: "chats.write",
      summary:
        "Makes a chat that begins as this one did up to an event of it, and sends `text` there; 200 with the one that has the same `key`.",
      body: newForkSchema,
      answers: { 201: forkedSchema, 200: forkedSchema },
      async handle({ viewer, params, body }) {
        if (body.model !== undefined) models.check(body.model);
        const { chat, message, created } = await forkChat(store, viewer, params.id, body);
        return { status: created ? 201 : 200, body: { chat, message } };
      },
    }),
    route({
      method: "GET",
      path: "/api/chats/:id/places",
      right: "chats.see",
      summary:
        "The messages from which this chat and others that were made from it, or it from them, go their own ways.",
      answers: { 200: forkPlacesSchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await forkPlaces(store, viewer, params.id) }),
    }),
    route({
      method: "POST",
      path: "/api/chats/:id/stop",
      right: "chats.write",
      summary: "Stops the chat's active run, within two seconds; `runId` is null when nothing ran.",
      answers: { 200: stoppedSchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await stopRun(viewer, { chatId: params.id }) }),
    }),
    route({
      method: "POST",
      path: "/api/chats/:id/compact",
      right: "chats.write",
      summary:
        "Queues a run in which the model sums up what was said, so that the next requests are small; the log keeps all. 409 while the " +
        "agent has work in the chat. What is said meanwhile is answered by that run.",
      answers: { 202: compactedSchema },
      handle: async ({ viewer, params }) => ({ status: 202, body: await compactChat(store, viewer, params.id) }),
    }),
    route({
      method: "POST",
      path: "/api/chats/:id/pin",
      right: "chats.mark",
      summary: "Pins a chat in your own list, or takes the pin away.",
      body: pinSchema,
      answers: { 204: null },
      async handle({ viewer, params, body }) {
        await pinChat(store, viewer, params.id, body.pinned);
        return { status: 204 };
      },
    }),
    route({
      method: "POST",
      path: "/api/chats/:id/tags",
      right: "chats.mark",
      summary: "Puts tags on a chat in your own list, and takes others away; answers with all that it has then.",
      body: tagPatchSchema,
      answers: { 200: chatTagsSchema },
      handle: async ({ viewer, params, body }) => ({
        status: 200,
        body: { tags: await tagChat(store, viewer, params.id, body) },
      }),
    }),
    route({
      method: "GET",
      path: "/api/tags",
      right: "chats.see",
      summary: "The tags that you have put on chats, and on how many.",
      answers: { 200: listSchema(tagInUseSchema) },
      handle: async ({ viewer }) => ({ status: 200, body: { items: await listTags(store, viewer), next: null } }),
    }),
    route({
      method: "POST",
      path: "/api/chats/:id/seen",
      right: "chats.mark",
      summary: "Remembers how far you have read.",
      body: seenSchema,
      answers: { 204: null },
      async handle({ viewer, params, body }) {
        await markSeen(store, viewer, params.id, body.seq);
        return { status: 204 };
      },
    }),
  ];
}
