import { PASSWORD_RULE } from "../../wire/people.ts";
import type { Invite } from "../../store/people/invites.ts";
import { escaped, formStart, smallPage, STALE_FORM, upper, type Made } from "./small-page.ts";

interface Shown {
  readonly token: string;
  readonly invite: Invite;
  readonly name: string;
  readonly problem: string | null;
}

/** What an invitation shows. It works without scripts, and looking at it spends nothing. */
export function invitePage({ token, invite, name, problem }: Shown, made: Made): Response {
  return smallPage(
    problem === null ? 200 : problem === STALE_FORM ? 403 : 400,
    "Join Sparky",
    `<h1>Join Sparky</h1>
  <p><b>${escaped(invite.by)}</b> invites you as ${WORDS[invite.role]}. Choose your name and a password.</p>
  ${problem === null ? "" : `<p class="problem" role="alert">${escaped(problem)}</p>`}
  ${formStart("/invite", made)}
    <input type="hidden" name="token" value="${escaped(token)}">
    <label for="name">Name</label>
    <input id="name" name="name" value="${escaped(name)}" autocomplete="username" autocapitalize="none" spellcheck="false"
      required maxlength="200">
    <label for="password">Password</label>
    <input id="password" name="password" type="password" autocomplete="new-password" required maxlength="200"
      aria-describedby="rule">
    <p id="rule">${escaped(upper(PASSWORD_RULE))}.</p>
    <label for="again">The password again</label>
    <input id="again" name="again" type="password" autocomplete="new-password" required maxlength="200">
    <button type="submit">Join</button>
  </form>`,
    made,
  );
}

export function spentInvitePage(made: Made): Response {
  return smallPage(
    401,
    "Join Sparky",
    `<h1>This invitation does not work any more</h1>
  <p>It works once, within seven days. Ask whoever has sent it for a new one.</p>
  <p>Do you have an account already? <a href="/login">Sign in</a>.</p>`,
    made,
  );
}

const WORDS = { owner: "an owner", admin: "an admin", member: "a member", viewer: "a viewer" } as const;
