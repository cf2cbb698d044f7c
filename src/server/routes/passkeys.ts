import { isoTime } from "../../core/clock.ts";
import { SparkyError } from "../../core/errors.ts";
import type { PasskeyRow } from "../../store/database/schema.ts";
import { passkeysOf, removePasskey, renamePasskey, sessionBegan } from "../../store/people/passkeys.ts";
import { passwordHash } from "../../store/people/passwords.ts";
import type { Credential } from "../../store/people/identity.ts";
import { listSchema, type User } from "../../wire/api.ts";
import {
  addOptionsSchema,
  newPasskeySchema,
  passkeyBeginSchema,
  passkeyPatchSchema,
  passkeyRemovedSchema,
  passkeySchema,
  type Passkey,
} from "../../wire/passkeys.ts";
import type { ServerDeps } from "../deps.ts";
import type { Auth } from "../sign-in/auth.ts";
import type { Identities } from "../sign-in/identities.ts";
import { passkeyPlace } from "../sign-in/passkey-place.ts";
import type { Passkeys, Place } from "../sign-in/passkeys.ts";
import { personFor } from "./people.ts";
import { sessionsQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

/** Who has just signed in needs no other proof, where there is no password. */
const FRESH_MS = 600_000;

interface Parts {
  readonly auth: Auth;
  readonly identities: Identities;
  readonly passkeys: Passkeys;
}

export function passkeyRoutes({ store, log }: ServerDeps, { auth, identities, passkeys }: Parts): readonly Route[] {
  /** The password, or, for who has none, that they have signed in just now. */
  async function mustProve(viewer: User, session: string, current: string): Promise<void> {
    const hash = await passwordHash(store.db, viewer.id);
    if (hash !== null) {
      if (await auth.isPassword(hash, current, viewer.id)) return;
      throw new SparkyError("forbidden", "current: is not your password", { hint: "type the one that you have" });
    }
    const began = await sessionBegan(store.db, session);
    // One of the future is of a clock that was set back.
    const passed = Math.abs(store.clock.now() - (began ?? 0));
    if (began !== null && passed < FRESH_MS) return;
    throw new SparkyError("forbidden", "it is a while ago that you have signed in here", {
      hint: "sign in again, and add it within ten minutes; or set a password first",
    });
  }

  return [
    route({
      method: "GET",
      path: "/api/passkeys",
      right: "self.see",
      summary: "Your passkeys, the newest first; `user`: those of somebody else whom you look after.",
      query: sessionsQuery,
      answers: { 200: listSchema(passkeySchema) },
      async handle({ viewer, query }) {
        const user = query.user === undefined ? viewer : await personFor(store, viewer, query.user, "people.manage");
        const all = (await passkeysOf(store, user.id)).filter(({ id }) => id.startsWith(query.prefix ?? ""));
        const items = all.slice(0, query.limit).map((row) => shown(row, user.name));
        return { status: 200, body: { items, next: null, total: all.length } };
      },
    }),
    route({
      method: "POST",
      path: "/api/passkeys/begin",
      right: "self.sign-ins",
      scope: "admin",
      letsIn: true,
      keepsSecrets: true,
      summary:
        "What to ask the browser for, to add a passkey: in a browser, at `localhost` or a name with HTTPS. `current`: your password; who has " +
        "none must have signed in within ten minutes.",
      body: passkeyBeginSchema,
      answers: { 200: addOptionsSchema },
      async handle({ viewer, credential, base, body }) {
        const [place, session] = [mustBeAtPlace(base), mustBeInBrowser(viewer, credential)];
        await mustProve(viewer, session, body.current ?? "");
        return { status: 200, body: await passkeys.optionsToAdd(viewer, place, session) };
      },
    }),
    route({
      method: "POST",
      path: "/api/passkeys",
      right: "self.sign-ins",
      scope: "admin",
      letsIn: true,
      keepsSecrets: true,
      summary:
        "Adds a passkey by what the browser has answered: once, within five minutes. Nobody is signed out by it.",
      body: newPasskeySchema,
      answers: { 201: passkeySchema },
      async handle({ viewer, credential, base, body }) {
        const [place, session] = [mustBeAtPlace(base), mustBeInBrowser(viewer, credential)];
        const row = await passkeys.add(viewer, body, place, session);
        log.info({ user: viewer.name, passkey: row.id, at: row.address }, "a passkey was added");
        return { status: 201, body: shown(row, viewer.name) };
      },
    }),
    route({
      method: "PATCH",
      path: "/api/passkeys/:id",
      right: "self.sign-ins",
      scope: "admin",
      summary: "Gives one of your passkeys another name.",
      body: passkeyPatchSchema,
      answers: { 200: passkeySchema },
      async handle({ viewer, params, body }) {
        return { status: 200, body: shown(await renamePasskey(store, viewer, params.id, body.name), viewer.name) };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/passkeys/:id",
      right: "self.sign-ins",
      scope: "admin",
      summary:
        "Removes a passkey: one of yours, or of somebody whom you look after. The browsers that were signed in by it are signed out, " +
        "but for the one that asks. Who has no other and no password signs in by a link.",
      answers: { 200: passkeyRemovedSchema },
      async handle({ viewer, params }) {
        const { ended, ...removed } = await removePasskey(store, viewer, params.id);
        for (const id of ended) identities.ended({ kind: "session", id });
        log.info({ by: viewer.name, user: removed.user, passkey: params.id }, "a passkey was removed");
        return { status: 200, body: { id: params.id, ...removed, ended: ended.length } };
      },
    }),
  ];
}

function mustBeInBrowser({ role }: User, credential: Credential | null): string {
  if (role === "agent") {
    throw new SparkyError("conflict", "agent has no passkey: one signs in as it by a link", {
      hint: "sparky user login-link agent",
    });
  }
  if (credential?.kind === "session") return credential.id;
  throw new SparkyError("conflict", "a passkey is added in the browser, by who is signed in there", {
    hint: "sparky open, then Settings, Sign-in",
  });
}

function mustBeAtPlace(base: string): Place {
  const place = passkeyPlace(base);
  if (place !== null) return place;
  throw new SparkyError("conflict", `browsers have no passkeys for ${base}`, {
    hint: "they belong to a name: open Sparky at localhost on its own machine, or by HTTPS at its host's name",
  });
}

function shown({ id, name, address, created_at, used_at }: PasskeyRow, user: string): Passkey {
  const usedAt = used_at === null ? null : isoTime(used_at);
  return { id, user, name, address, createdAt: isoTime(created_at), usedAt };
}
