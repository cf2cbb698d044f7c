import { isIP } from "node:net";
import { escaped, formStart, smallPage, type Made } from "./small-page.ts";

const TITLE = "Sign in to Sparky";

/** What a sign-in link shows. It works without scripts, and looking at it spends nothing: only the button does. */
export function signInPage(token: string, name: string, made: Made, problem: string | null = null): Response {
  return smallPage(
    problem === null ? 200 : 403,
    TITLE,
    `<h1>Sign in to Sparky</h1>
  ${problem === null ? "" : `<p class="problem" role="alert">${escaped(problem)}</p>`}
  <p>This link signs you in once, as <b>${escaped(name)}</b>.</p>
  ${formStart("/login", made)}
    <input type="hidden" name="token" value="${escaped(token)}">
    <button type="submit" autofocus>Sign in as ${escaped(name)}</button>
  </form>`,
    made,
  );
}

/** What a try has come to. */
interface Tried {
  readonly name: string;
  readonly problem: string;
  readonly status: 401 | 403 | 429;
}

/** Where a name and a password are typed, or a passkey is used; `at`: the host's name. `tried`: what was wrong with those of before. */
export function passwordPage(made: Made, at: string, tried: Tried | null = null): Response {
  return smallPage(
    tried?.status ?? 200,
    TITLE,
    `<h1>Sign in to Sparky</h1>
  ${tried === null ? "" : `<p class="problem" role="alert">${escaped(tried.problem)}</p>`}
  ${passwordForm(tried?.name ?? "", tried === null ? "name" : "password", made)}
  ${passkeyPart(at)}
  ${linkWays(`No password yet? On the machine where Sparky runs, this signs you in and opens the browser:`)}`,
    made,
  );
}

/** What a person sees whose sign-in link does not work. */
export function spentLinkPage(made: Made): Response {
  return smallPage(
    401,
    TITLE,
    `<h1>This sign-in link does not work any more</h1>
  ${linkWays("On the machine where Sparky runs, this signs you in and opens the browser:")}
  <p>With a password you need no link:</p>
  ${passwordForm("", null, made)}
  <p>Already signed in here? <a href="/">Go to Sparky</a>.</p>`,
    made,
  );
}

/** `focus`: where one begins to type. */
function passwordForm(name: string, focus: "name" | "password" | null, made: Made): string {
  const at = (field: "name" | "password"): string => (field === focus ? " autofocus" : "");
  return `${formStart("/login", made)}
    <label for="name">Name</label>
    <input id="name" name="name" value="${escaped(name)}" autocomplete="username" autocapitalize="none" spellcheck="false"
      required maxlength="200"${at("name")}>
    <label for="password">Password</label>
    <input id="password" name="password" type="password" autocomplete="current-password" required maxlength="200"${at("password")}>
    <button type="submit">Sign in</button>
  </form>`;
}

/** Shown by its script alone, where the browser has passkeys. It tells nothing of who has one. */
function passkeyPart(at: string): string {
  if (isIP(at.replace(/^\[|\]$/g, "")) !== 0) {
    return `<p>Passkeys belong to a name: at <b>${escaped(at)}</b>, a number, browsers offer none.</p>`;
  }
  const noneUsed = `No passkey was used. One that was added at another address is not offered at ${at}.`;
  return `<section id="passkey" aria-label="Passkey" data-none="${escaped(noneUsed)}" hidden>
    <button type="button" class="other">Sign in with a passkey</button>
    <p>It is offered only at the address where it was added: here at <b>${escaped(at)}</b>.</p>
    <p class="problem" role="alert"></p>
    <script src="/passkey.js" defer></script>
  </section>`;
}

const linkWays = (first: string): string => `<p>${first}</p>
  <p class="line"><code>sparky open</code></p>
  <p>A link works once, within ten minutes. For another device, this prints a new one:</p>
  <p class="line"><code>sparky user login-link owner</code></p>`;
