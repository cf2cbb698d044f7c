import { audit } from "../../store/audit/audit.ts";
import { z } from "zod";
import { notFound, SparkyError } from "../../core/errors.ts";
import { addAccount, changeAccount, listAccounts } from "../../store/people/accounts.ts";
import { mayHere, requireManages } from "../../store/people/access.ts";
import { keepPassword, passwordHash } from "../../store/people/passwords.ts";
import { endSession, sessionsOf } from "../../store/people/sessions.ts";
import { getUserByName } from "../../store/people/users.ts";
import { settleBeforeEnabling } from "../../store/schedules/account.ts";
import { PROMPTLY, type Store } from "../../store/database/store.ts";
import { createInvite, listInvites, withdrawInvite } from "../../store/people/invites.ts";
import { listSchema, loginLinkSchema, type User } from "../../wire/api.ts";
import {
  accountPatchSchema,
  accountSchema,
  inviteSchema,
  nameSchema,
  newAccountSchema,
  newInviteSchema,
  newPasswordSchema,
  passwordSetSchema,
  sessionSchema,
} from "../../wire/people.ts";
import type { ServerDeps } from "../deps.ts";
import type { Auth } from "../sign-in/auth.ts";
import type { Identities } from "../sign-in/identities.ts";
import { parseInput } from "../input.ts";
import { invitesQuery, sessionsQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

export function peopleRoutes(
  { store, log, stopWorkOf }: ServerDeps,
  auth: Auth,
  identities: Identities,
): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/users",
      right: "people.see",
      summary: "Everybody who has an account here, the agent among them. For owners and admins.",
      answers: { 200: listSchema(accountSchema) },
      async handle() {
        const items = [...(await listAccounts(store))];
        return { status: 200, body: { items, next: null, total: items.length } };
      },
    }),
    route({
      method: "POST",
      path: "/api/users",
      right: "people.manage",
      scope: "admin",
      summary:
        "Adds an account, a member’s unless another role is named; 409 where somebody has the name. For owners; admins add members and viewers.",
      body: newAccountSchema,
      answers: { 201: accountSchema },
      async handle({ viewer, body }) {
        const account = await addAccount(store, body.name, body.role ?? "member", viewer);
        log.info({ by: viewer.name, user: account.name, role: account.role }, "an account was added");
        return { status: 201, body: account };
      },
    }),
    route({
      method: "PATCH",
      path: "/api/users/:name",
      right: "people.manage",
      scope: "admin",
      summary:
        "Gives somebody another role, shuts them out or lets them in again: at once, everywhere. Work of who is shut out is stopped, and their schedules start nothing. The home’s own owner stays an owner. For owners; admins look after members and viewers.",
      body: accountPatchSchema,
      answers: { 200: accountSchema },
      async handle({ viewer, params, body }) {
        if (body.disabled === false) await settleBeforeEnabling(store, params.name);
        const account = await changeAccount(store, params.name, body, viewer);
        identities.userChanged(account.id, account.disabled ? null : account.role);
        if (body.disabled === true) {
          await stopWorkOf(viewer, account.id, `${account.name} is disabled`).catch((error: unknown) => {
            log.warn({ err: error, user: account.name }, "work of a disabled account ends only where it is looked at");
          });
        }
        log.info({ by: viewer.name, user: account.name, ...body }, "an account was changed");
        return { status: 200, body: account };
      },
    }),
    route({
      method: "POST",
      path: "/api/users/:name/password",
      right: "self.sign-ins",
      scope: "admin",
      letsIn: true,
      summary:
        "Sets a password: your own, or, as an owner, anybody’s but the agent’s. Other sessions of theirs end where there was one " +
        "before. `current`: the one that there is, for who asks for themselves in a browser.",
      keepsSecrets: true,
      body: newPasswordSchema,
      answers: { 200: passwordSetSchema },
      async handle({ viewer, credential, params, body }) {
        const user = await personFor(store, viewer, params.name, "people.passwords");
        if (user.role === "agent") {
          throw new SparkyError("conflict", "agent has no password: one signs in as it by a link", {
            hint: "sparky user login-link agent",
          });
        }
        if (body.password.toLowerCase() === user.name) {
          throw new SparkyError("invalid_input", "password: must not be the name");
        }
        const before = await passwordHash(store.db, user.id);
        const mustTell = before !== null && user.id === viewer.id && credential?.kind === "session";
        if (mustTell && !(await auth.isPassword(before, body.current ?? "", user.id))) {
          throw new SparkyError("forbidden", "current: is not your password", {
            hint: "type the one that you have; on the machine where Sparky runs, sparky user set-password needs none",
          });
        }
        const hash = await auth.hash(body.password);
        const ended = await store.transact(async (tx) => {
          const sessions = await keepPassword(tx, { userId: user.id, hash, before });
          if (sessions !== null) audit(tx, viewer, { kind: "user.password", thing: user.name });
          return sessions;
        }, PROMPTLY);
        if (ended === null) throw new SparkyError("conflict", "the password was set by somebody else meanwhile");
        for (const id of ended) identities.ended({ kind: "session", id });
        log.info({ by: viewer.name, user: user.name }, "a password was set");
        return { status: 200, body: { name: user.name, ended: ended.length } };
      },
    }),
    route({
      method: "POST",
      path: "/api/users/:name/invite",
      right: "people.manage",
      scope: "admin",
      letsIn: true,
      summary:
        "A link by which somebody makes an account of their own, once, within seven days: the name is proposed to them, the role is as " +
        "you say, a member’s if you do not. 409 where somebody has the name. For owners; admins invite members and viewers.",
      body: newInviteSchema,
      answers: { 201: loginLinkSchema },
      async handle({ viewer, params, body, base }) {
        const name = parseInput(z.object({ name: nameSchema }), params).name;
        const { token, expiresAt } = await createInvite(store, viewer, { name, role: body.role ?? "member" });
        log.info({ by: viewer.name, name, role: body.role ?? "member" }, "somebody was invited");
        return { status: 201, body: { url: `${base}/invite?token=${token}`, expiresAt } };
      },
    }),
    route({
      method: "GET",
      path: "/api/invites",
      right: "people.see",
      summary: "The invitations that hold still, the newest first, without their links. For owners and admins.",
      query: invitesQuery,
      answers: { 200: listSchema(inviteSchema) },
      async handle({ query }) {
        const invites = await listInvites(store, query.prefix ?? "");
        return { status: 200, body: { items: invites.slice(0, query.limit), next: null, total: invites.length } };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/invites/:id",
      right: "people.manage",
      scope: "admin",
      summary:
        "Withdraws an invitation: its link makes no account any more. For owners; admins withdraw those of members and viewers.",
      answers: { 204: null },
      async handle({ viewer, params }) {
        await withdrawInvite(store, viewer, params.id);
        log.info({ by: viewer.name, invite: params.id }, "an invitation was withdrawn");
        return { status: 204 };
      },
    }),
    route({
      method: "GET",
      path: "/api/sessions",
      right: "self.see",
      summary:
        "Where you are signed in by a browser, the newest first; `user`: where somebody else is whom you look after.",
      query: sessionsQuery,
      answers: { 200: listSchema(sessionSchema) },
      async handle({ viewer, credential, query }) {
        const user = query.user === undefined ? viewer : await personFor(store, viewer, query.user, "people.manage");
        const sessions = await sessionsOf(store, user.id, query.prefix ?? "");
        const items = sessions.slice(0, query.limit).map((session) => ({
          ...session,
          current: credential?.kind === "session" && credential.id === session.id,
        }));
        return { status: 200, body: { items, next: null, total: sessions.length } };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/sessions/:id",
      right: "self.sign-ins",
      scope: "admin",
      summary: "Signs a browser out: one of yours, or of somebody whom you look after. What it has open ends at once.",
      answers: { 204: null },
      async handle({ viewer, params }) {
        await endSession(store, viewer, params.id);
        identities.ended({ kind: "session", id: params.id });
        return { status: 204 };
      },
    }),
  ];
}

/** Oneself, or somebody with whom one may do this: whom one may not see is not there. */
export async function personFor(
  store: Store,
  viewer: User,
  name: string,
  right: "people.manage" | "people.passwords",
): Promise<User> {
  const user = await getUserByName(store, name);
  const isSeen = user?.id === viewer.id || mayHere(viewer, "people.see");
  if (user === null || !isSeen) throw notFound(`user ${JSON.stringify(name)}`);
  if (user.id === viewer.id) return user;
  requireManages(viewer, user.role);
  if (!mayHere(viewer, right)) throw new SparkyError("forbidden", "only an owner sets another’s password");
  return user;
}
