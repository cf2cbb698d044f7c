import { FORM_KEY, type FormKey } from "./form-key.ts";

/** Pages that need neither scripts nor what was built: of signing in, for whoever may not be signed in here. */

/** With what a page is made. `fonts`: as `builtFonts` gives them. `form`: null on a page that has none. */
interface Page {
  readonly fonts: string;
  readonly form: FormKey | null;
}

/** The same of a page with a form. */
export interface Made extends Page {
  readonly form: FormKey;
}

/** `main`: HTML. */
export function smallPage(status: number, title: string, main: string, { fonts, form }: Page): Response {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<style>${fonts}${LOOK}</style>
<main>
  <p class="name"><img src="/favicon.svg" alt="" width="20" height="20">Sparky</p>
  ${main}
</main>
</html>
`;
  const answer = new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      // Without an address of its own the form would come from nowhere, which is refused. The token goes to no other host.
      "referrer-policy": "same-origin",
    },
  });
  if (form !== null && form.cookie !== null) answer.headers.append("set-cookie", form.cookie);
  return answer;
}

/** How a form begins: what says for which browser it was made goes along. */
export const formStart = (action: "/login" | "/invite", { form }: Made): string =>
  `<form method="post" action="${action}">
    <input type="hidden" name="${FORM_KEY}" value="${form.key}">`;

/** What is said of a form that is not from a page that this browser has. */
export const STALE_FORM =
  "This page was not open in this browser any more, or its cookies are not kept. Please try once more.";

export const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** The look of `web/look/tokens.css`. */
const LOOK = `
  :root { color-scheme: light dark; --page: #fff; --panel: #f7f7f8; --line: #dcdce3; --line-strong: #868695;
    --ink: #1b1b22; --muted: #55555f; --accent: #4338ca; --accent-ink: #fff; --bad: #b3261e }
  @media (prefers-color-scheme: dark) {
    :root { --page: #131318; --panel: #1a1a21; --line: #33333e; --line-strong: #757585; --ink: #ececf1; --muted: #a9a9b6;
      --accent: #a9a3ff; --accent-ink: #16132e; --bad: #ff9d94 }
  }
  * { box-sizing: border-box }
  html { font-variant-ligatures: no-contextual }
  body { background: var(--page); color: var(--ink); font: 15px/1.5 "Inter Variable", system-ui, sans-serif; margin: 0 }
  main { max-width: 32rem; margin: 0 auto; padding: 12vh 1.5rem; overflow-wrap: anywhere }
  .name { display: flex; align-items: center; gap: .5rem; margin: 0; font-size: 16px; font-weight: 700 }
  h1 { margin: 1.5rem 0 0; font-size: 20px; font-weight: 600; line-height: 1.4 }
  p { margin: .5rem 0 0 }
  main > p + p:not(.line), form + p, section + p { margin-top: 1rem; color: var(--muted) }
  section p { color: var(--muted) }
  main > p.problem, section p.problem { margin-top: 1rem; color: var(--bad) }
  p.problem:empty { display: none }
  a { color: var(--accent) }
  label { display: block; margin-top: 1rem; font-weight: 500 }
  input:not([type="hidden"]) { display: block; width: 100%; min-height: 44px; margin-top: .25rem; padding: .4rem .75rem;
    border: 1px solid var(--line-strong); border-radius: 6px; background: var(--page); color: var(--ink); font: inherit }
  code { display: inline-block; padding: .3rem .75rem; border: 1px solid var(--line); border-radius: 6px;
    background: var(--panel); font: 13px/1.6 "JetBrains Mono Variable", ui-monospace, monospace;
    font-variant-ligatures: none }
  button { font: inherit; font-weight: 500; min-height: 44px; margin-top: 1rem; padding: .4rem 1.25rem; border: 0;
    border-radius: 6px; background: var(--accent); color: var(--accent-ink); cursor: pointer }
  button.other { border: 1px solid var(--line-strong); background: var(--page); color: var(--ink) }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
`;
