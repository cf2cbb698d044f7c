/** What a sign-in link shows. It works without scripts, and looking at it spends nothing: only the button does. */
export function signInPage(token: string, name: string): Response {
  return page(
    200,
    `<h1>Sign in to Sparky</h1>
  <p>This link signs you in once, as <b>${escaped(name)}</b>.</p>
  <form method="post" action="/login">
    <input type="hidden" name="token" value="${escaped(token)}">
    <button type="submit" autofocus>Sign in as ${escaped(name)}</button>
  </form>`,
  );
}

/** What a person sees whose sign-in link does not work. */
export function spentLinkPage(): Response {
  return page(
    401,
    `<h1>This sign-in link does not work any more</h1>
  <p>On the machine where Sparky runs, this signs you in and opens the browser:</p>
  <p class="line"><code>sparky open</code></p>
  <p>A link works once, within ten minutes. For another device, this prints a new one:</p>
  <p class="line"><code>sparky user login-link owner</code></p>
  <p>Already signed in here? <a href="/">Go to Sparky</a>.</p>`,
  );
}

/** The look of `web/look/tokens.css`, for a page that needs neither scripts nor what was built. */
const LOOK = `
  :root { color-scheme: light dark; --page: #fff; --panel: #f7f7f8; --line: #dcdce3; --ink: #1b1b22; --muted: #55555f;
    --accent: #4338ca; --accent-ink: #fff }
  @media (prefers-color-scheme: dark) {
    :root { --page: #131318; --panel: #1a1a21; --line: #33333e; --ink: #ececf1; --muted: #a9a9b6; --accent: #a9a3ff;
      --accent-ink: #16132e }
  }
  * { box-sizing: border-box }
  body { background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; margin: 0 }
  main { max-width: 32rem; margin: 0 auto; padding: 12vh 1.5rem; overflow-wrap: anywhere }
  .name { display: flex; align-items: center; gap: .5rem; margin: 0; font-size: 16px; font-weight: 700 }
  h1 { margin: 1.5rem 0 0; font-size: 20px; font-weight: 600; line-height: 1.4 }
  p { margin: .5rem 0 0 }
  main > p + p:not(.line), form + p { margin-top: 1rem; color: var(--muted) }
  a { color: var(--accent) }
  code { display: inline-block; padding: .3rem .75rem; border: 1px solid var(--line); border-radius: 6px;
    background: var(--panel); font: 13px/1.6 ui-monospace, monospace }
  button { font: inherit; font-weight: 500; min-height: 44px; margin-top: 1rem; padding: .4rem 1.25rem; border: 0;
    border-radius: 6px; background: var(--accent); color: var(--accent-ink); cursor: pointer }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
`;

function page(status: number, main: string): Response {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in to Sparky</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<style>${LOOK}</style>
<main>
  <p class="name"><img src="/favicon.svg" alt="" width="20" height="20">Sparky</p>
  ${main}
</main>
</html>
`;
  return new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      // Without an address of its own the form would come from nowhere, which is refused. The token goes to no other host.
      "referrer-policy": "same-origin",
    },
  });
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
