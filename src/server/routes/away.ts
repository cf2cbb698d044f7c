import { away, markAwaySeen } from "../../store/overview/away.ts";
import { awayMarkedSchema, awaySchema, awaySeenSchema, type Away } from "../../wire/away.ts";
import type { ServerDeps } from "../deps.ts";
import type { WaitingSkills } from "../../skills/waiting.ts";
import { countOf } from "../../wire/changes.ts";
import { changesFor } from "./changes.ts";
import { OneAtATime } from "./one-at-a-time.ts";
import { route, type Route } from "./route.ts";

export function awayRoutes({ store }: ServerDeps, skills: WaitingSkills): readonly Route[] {
  // Each tab of a person asks, and each at the same moment.
  const looks = new OneAtATime<Away>();
  return [
    route({
      method: "GET",
      path: "/api/away",
      right: "chats.see",
      summary:
        "While you were away: what ended, failed, was recovered, asks and was spent in your chats since you saw them.",
      answers: { 200: awaySchema },
      async handle({ viewer }) {
        const look = async (): Promise<Away> => {
          const [told, changes] = await Promise.all([away(store, viewer), changesFor(store, skills, viewer)]);
          return { ...told, items: [...told.items], waiting: told.waiting + countOf(changes), changes: [...changes] };
        };
        return { status: 200, body: await looks.ask(`${viewer.id} ${viewer.role}`, look) };
      },
    }),
    route({
      method: "POST",
      path: "/api/away/seen",
      right: "chats.mark",
      summary:
        "Remembers that you have seen chats up to these `seq`s; chats that are not there for you are passed over.",
      body: awaySeenSchema,
      answers: { 200: awayMarkedSchema },
      handle: async ({ viewer, body }) => ({
        status: 200,
        body: { marked: await markAwaySeen(store, viewer, body.chats) },
      }),
    }),
  ];
}
