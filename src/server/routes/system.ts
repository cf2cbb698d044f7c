import { audited } from "../../store/audit/audit.ts";
import { isoTime } from "../../core/clock.ts";
import { notFound, SparkyError } from "../../core/errors.ts";
import { openApprovals } from "../../store/overview/away.ts";
import { openQuestions } from "../../store/questions/questions.ts";
import { upcoming } from "../../store/schedules/read.ts";
import { activeRuns, taskCounts } from "../../store/overview/status.ts";
import { mayHere } from "../../store/people/access.ts";
import { getUserByName } from "../../store/people/users.ts";
import { healthSchema, loginLinkSchema, statusSchema, type User } from "../../wire/api.ts";
import { meSchema, mePatchSchema, type Me } from "../../wire/welcome.ts";
import { setWelcome, welcomeOf } from "../../store/people/welcome.ts";
import type { Store } from "../../store/database/store.ts";
import type { Auth } from "../sign-in/auth.ts";
import type { ServerDeps } from "../deps.ts";
import { createLoginLink } from "../sign-in/login-link.ts";
import type { WaitingSkills } from "../../skills/waiting.ts";
import { countOf } from "../../wire/changes.ts";
import { changesFor } from "./changes.ts";
import { route, type Route } from "./route.ts";

async function me(store: Store, { id, name, role }: User): Promise<Me> {
  const step = role === "owner" ? await welcomeOf(store, id) : "done";
  return { id, name, role, ...(step !== "done" && { welcome: step }) };
}

export function systemRoutes(deps: ServerDeps, auth: Auth, skills: WaitingSkills): readonly Route[] {
  const { store, version, agentLoop, models } = deps;
  const startedAt = isoTime(deps.startedAt);
  return [
    route({
      method: "GET",
      path: "/health",
      right: null,
      summary: "Whether the server answers.",
      answers: { 200: healthSchema },
      handle: async () => ({ status: 200, body: { status: "ok", version, agentLoop, startedAt } }),
    }),
    route({
      method: "GET",
      path: "/api/me",
      right: "self.see",
      summary: "Who you are.",
      answers: { 200: meSchema },
      handle: async ({ viewer }) => ({ status: 200, body: await me(store, viewer) }),
    }),
    route({
      method: "PATCH",
      path: "/api/me",
      right: "self.change",
      summary: "Says how far your welcome has come; once done it stays so.",
      body: mePatchSchema,
      answers: { 200: meSchema },
      async handle({ viewer, body }) {
        await setWelcome(store, viewer.id, body.welcome);
        return { status: 200, body: await me(store, viewer) };
      },
    }),
    route({
      method: "GET",
      path: "/api/status",
      right: "self.see",
      summary: "Counts of tasks, what runs now, and by which model and node.",
      answers: { 200: statusSchema },
      async handle({ viewer }) {
        const [tasks, running, approvals, questions, changes, next] = await Promise.all([
          taskCounts(store, viewer),
          activeRuns(store, viewer),
          openApprovals(store, viewer),
          openQuestions(store, viewer),
          changesFor(store, skills, viewer),
          upcoming(store, viewer, 5),
        ]);
        const { node } = store;
        const waiting = { approvals, questions, changes: countOf(changes) };
        return { status: 200, body: { tasks, running, next, waiting, agentLoop, model: models.id(), node, startedAt } };
      },
    }),
    route({
      method: "POST",
      path: "/api/users/:name/login-link",
      right: "self.change",
      scope: "admin",
      letsIn: true,
      summary: "A link that signs in once, within ten minutes: for yourself, and by the owner for `agent`.",
      answers: { 201: loginLinkSchema },
      async handle({ viewer, params, base }) {
        const user = await getUserByName(store, params.name);
        const mine = user?.id === viewer.id;
        if (user === null || (!mine && !mayHere(viewer, "agent.act")))
          throw notFound(`user ${JSON.stringify(params.name)}`);
        if (!mine && user.role !== "agent") {
          throw new SparkyError("forbidden", "a sign-in link is for yourself or for agent", {
            hint: `let ${user.name} make their own`,
          });
        }
        return { status: 201, body: await createLoginLink(store, user, base, viewer) };
      },
    }),
    route({
      method: "POST",
      path: "/api/sign-out",
      right: "self.sign-ins",
      summary: "Ends the session that the cookie names.",
      answers: { 204: null },
      async handle({ viewer, credential, headers }) {
        // Who comes by a token ends nothing, though a cookie comes beside it: that may be another person's.
        if (credential?.kind !== "session") return { status: 204 };
        await audited(store, viewer, { kind: "sign_out", thing: viewer.name });
        return { status: 204, cookies: await auth.signOut(headers) };
      },
    }),
  ];
}
