import { isSparkyError } from "../../core/errors.ts";
import { acceptInvite, findInvite } from "../../store/people/invites.ts";
import { nameSchema, NAME_RULE, PASSWORD_RULE, passwordSchema } from "../../wire/people.ts";
import type { ServerDeps } from "../deps.ts";
import type { Arrival } from "../network/arrival.ts";
import { readText } from "../input.ts";
import type { Auth } from "./auth.ts";
import { formKeyFor, isFormOurs, type Came } from "./form-key.ts";
import { invitePage, spentInvitePage } from "./invite-page.ts";
import { letIn } from "./let-in.ts";
import { isLinkToken, nameOfLink } from "./login-link.ts";
import { passwordPage, signInPage, spentLinkPage } from "./login-page.ts";
import type { SignInLimit } from "./rate-limit.ts";
import { STALE_FORM, upper, type Made } from "./small-page.ts";

interface Parts {
  readonly deps: Pick<ServerDeps, "store" | "log" | "secret">;
  readonly auth: Auth;
  readonly limit: SignInLimit;
  readonly fonts: () => Promise<string>;
}

/**
 * The pages for whoever is not signed in. Whatever fetches an address, as a preview, a prefetch or another site's image does, neither
 * spends a link nor counts; only a page of ours sends a form: its origin has been checked, and the form says for which browser it was made.
 */
export function signInPages({ deps, auth, limit, fonts }: Parts) {
  const { store, log, secret } = deps;

  const made = async (came: Came): Promise<Made> => ({
    fonts: await fonts(),
    form: formKeyFor(came, secret, store.random),
  });

  /** A good link is never refused for what others tried. */
  function countFailure({ address }: Arrival): void {
    limit.check(address);
    limit.failed(address);
  }

  async function byLink(came: Came, token: string, isOurs: boolean): Promise<Response> {
    const { request, arrival } = came;
    const name = isOurs ? null : await nameOfLink(store, token);
    if (name !== null) return signInPage(token, name, await made(came), STALE_FORM);
    const session = isOurs && isLinkToken(token) ? await auth.signIn(token, request.headers) : null;
    if (session !== null) return letIn(deps, session, { request, how: "link", arrival }, toHome());
    countFailure(arrival);
    return spentLinkPage(await made(came));
  }

  async function byPassword(came: Came, form: URLSearchParams, isOurs: boolean): Promise<Response> {
    const { request, arrival } = came;
    const name = form.get("name")?.trim() ?? "";
    if (!isOurs) {
      return passwordPage(await made(came), nameOf(arrival), { name, problem: STALE_FORM, status: 403 });
    }
    const given = { name, password: form.get("password") ?? "" };
    try {
      const session = await auth.signInByPassword(given, request.headers, arrival.address);
      if (session !== null) return letIn(deps, session, { request, how: "password", arrival }, toHome());
    } catch (error) {
      if (!isSparkyError(error, "rate_limited")) throw error;
      return passwordPage(await made(came), nameOf(arrival), {
        name,
        problem: `${error.message}: ${error.hint ?? ""}`,
        status: 429,
      });
    }
    log.info({ remote: arrival.address }, "a name and a password that do not go together");
    const problem = "This name and password do not go together.";
    return passwordPage(await made(came), nameOf(arrival), { name, problem, status: 401 });
  }

  return {
    async login(came: Came): Promise<Response> {
      const { request, arrival } = came;
      const token = new URL(request.url).searchParams.get("token") ?? "";
      if (token === "") return passwordPage(await made(came), nameOf(arrival));
      const name = await nameOfLink(store, token);
      return name === null ? spentLinkPage(await made(came)) : signInPage(token, name, await made(came));
    },

    async signIn(came: Came): Promise<Response> {
      const form = new URLSearchParams(await readText(came.request));
      const isOurs = isFormOurs(came, form, secret);
      const token = form.get("token");
      return token === null ? byPassword(came, form, isOurs) : byLink(came, token, isOurs);
    },

    async invite(came: Came): Promise<Response> {
      const token = new URL(came.request.url).searchParams.get("token") ?? "";
      const invite = isLinkToken(token) ? await findInvite(store, token) : null;
      return invite === null
        ? spentInvitePage(await made(came))
        : invitePage({ token, invite, name: invite.name, problem: null }, await made(came));
    },

    /** What is wrong with a name or a password spends nothing. */
    async accept(came: Came): Promise<Response> {
      const { request, arrival } = came;
      const form = new URLSearchParams(await readText(request));
      const token = form.get("token") ?? "";
      const invite = isLinkToken(token) ? await findInvite(store, token) : null;
      if (invite === null) {
        countFailure(arrival);
        return spentInvitePage(await made(came));
      }
      const [name, password] = [form.get("name")?.trim() ?? "", form.get("password") ?? ""];
      const again = async (problem: string): Promise<Response> =>
        invitePage({ token, invite, name, problem }, await made(came));
      if (!isFormOurs(came, form, secret)) return again(STALE_FORM);
      if (!nameSchema.safeParse(name).success) return again(`This is no name for an account: ${NAME_RULE}.`);
      if (!passwordSchema.safeParse(password).success) return again(`${upper(PASSWORD_RULE)}.`);
      if (password !== form.get("again")) return again("The two passwords are not the same.");
      if (password.toLowerCase() === name) return again("The name is no password.");
      const hash = await auth.hash(password);
      try {
        const account = await acceptInvite(store, token, { name, hash });
        if (account === null) return spentInvitePage(await made(came));
        log.info({ user: account.name, role: account.role }, "an invitation was taken");
      } catch (error) {
        if (!isSparkyError(error, "conflict")) throw error;
        return again(`Somebody here is called ${name} already: choose another name.`);
      }
      const session = await auth.signInByPassword({ name, password }, request.headers, arrival.address);
      if (session === null) return passwordPage(await made(came), nameOf(arrival));
      return letIn(deps, session, { request, how: "password", arrival }, toHome());
    },
  };
}

const toHome = (): Response => new Response(null, { status: 303, headers: { location: "/" } });

/** What this server is called where the caller has come in, as the door has found it to be called. */
const nameOf = ({ host }: Arrival): string => new URL(`http://${host ?? "localhost"}`).hostname;
