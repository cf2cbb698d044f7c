import { isSparkyError } from "../../core/errors.ts";
import { acceptInvite, findInvite } from "../../store/people/invites.ts";
import { nameSchema, NAME_RULE, PASSWORD_RULE, passwordSchema } from "../../wire/people.ts";
import type { ServerDeps } from "../deps.ts";
import type { Arrival } from "../network/arrival.ts";
import { readText } from "../input.ts";
import type { Auth } from "./auth.ts";
import { invitePage, spentInvitePage } from "./invite-page.ts";
import { letIn } from "./let-in.ts";
import { isLinkToken, nameOfLink } from "./login-link.ts";
import { passwordPage, signInPage, spentLinkPage } from "./login-page.ts";
import type { SignInLimit } from "./rate-limit.ts";
import { upper } from "./small-page.ts";

interface Parts {
  readonly deps: Pick<ServerDeps, "store" | "log" | "secret">;
  readonly auth: Auth;
  readonly limit: SignInLimit;
  readonly fonts: () => Promise<string>;
}

/**
 * The pages for whoever is not signed in. Whatever fetches an address, as a preview, a prefetch or another site's image does, neither
 * spends a link nor counts; only a page of ours sends a form: its origin has been checked.
 */
export function signInPages({ deps, auth, limit, fonts }: Parts) {
  const { store, log } = deps;

  /** A good link is never refused for what others tried. */
  function countFailure({ address }: Arrival): void {
    limit.check(address);
    limit.failed(address);
  }

  async function byLink(request: Request, token: string, arrival: Arrival): Promise<Response> {
    const session = isLinkToken(token) ? await auth.signIn(token, request.headers) : null;
    if (session !== null) return letIn(deps, session, { request, how: "link", arrival }, toHome());
    countFailure(arrival);
    return spentLinkPage(await fonts());
  }

  async function byPassword(request: Request, form: URLSearchParams, arrival: Arrival): Promise<Response> {
    const name = form.get("name")?.trim() ?? "";
    const given = { name, password: form.get("password") ?? "" };
    try {
      const session = await auth.signInByPassword(given, request.headers, arrival.address);
      if (session !== null) return letIn(deps, session, { request, how: "password", arrival }, toHome());
    } catch (error) {
      if (!isSparkyError(error, "rate_limited")) throw error;
      return passwordPage(await fonts(), nameOf(arrival), {
        name,
        problem: `${error.message}: ${error.hint ?? ""}`,
        status: 429,
      });
    }
    log.info({ remote: arrival.address }, "a name and a password that do not go together");
    const problem = "This name and password do not go together.";
    return passwordPage(await fonts(), nameOf(arrival), { name, problem, status: 401 });
  }

  return {
    async login(request: Request, arrival: Arrival): Promise<Response> {
      const token = new URL(request.url).searchParams.get("token") ?? "";
      if (token === "") return passwordPage(await fonts(), nameOf(arrival));
      const name = await nameOfLink(store, token);
      return name === null ? spentLinkPage(await fonts()) : signInPage(token, name, await fonts());
    },

    async signIn(request: Request, arrival: Arrival): Promise<Response> {
      const form = new URLSearchParams(await readText(request));
      const token = form.get("token");
      return token === null ? byPassword(request, form, arrival) : byLink(request, token, arrival);
    },

    async invite(request: Request): Promise<Response> {
      const token = new URL(request.url).searchParams.get("token") ?? "";
      const invite = isLinkToken(token) ? await findInvite(store, token) : null;
      return invite === null
        ? spentInvitePage(await fonts())
        : invitePage({ token, invite, name: invite.name, problem: null }, await fonts());
    },

    /** What is wrong with a name or a password spends nothing. */
    async accept(request: Request, arrival: Arrival): Promise<Response> {
      const form = new URLSearchParams(await readText(request));
      const token = form.get("token") ?? "";
      const invite = isLinkToken(token) ? await findInvite(store, token) : null;
      if (invite === null) {
        countFailure(arrival);
        return spentInvitePage(await fonts());
      }
      const [name, password] = [form.get("name")?.trim() ?? "", form.get("password") ?? ""];
      const again = async (problem: string): Promise<Response> =>
        invitePage({ token, invite, name, problem }, await fonts());
      if (!nameSchema.safeParse(name).success) return again(`This is no name for an account: ${NAME_RULE}.`);
      if (!passwordSchema.safeParse(password).success) return again(`${upper(PASSWORD_RULE)}.`);
      if (password !== form.get("again")) return again("The two passwords are not the same.");
      if (password.toLowerCase() === name) return again("The name is no password.");
      const hash = await auth.hash(password);
      try {
        const account = await acceptInvite(store, token, { name, hash });
        if (account === null) return spentInvitePage(await fonts());
        log.info({ user: account.name, role: account.role }, "an invitation was taken");
      } catch (error) {
        if (!isSparkyError(error, "conflict")) throw error;
        return again(`Somebody here is called ${name} already: choose another name.`);
      }
      const session = await auth.signInByPassword({ name, password }, request.headers, arrival.address);
      if (session === null) return passwordPage(await fonts(), nameOf(arrival));
      return letIn(deps, session, { request, how: "password", arrival }, toHome());
    },
  };
}

const toHome = (): Response => new Response(null, { status: 303, headers: { location: "/" } });

/** What this server is called where the caller has come in, as the door has found it to be called. */
const nameOf = ({ host }: Arrival): string => new URL(`http://${host ?? "localhost"}`).hostname;
