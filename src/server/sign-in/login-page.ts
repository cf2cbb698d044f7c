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
  <p>A link signs in once, within ten minutes. Make a new one on the machine where Sparky runs:</p>
  <p><code>sparky open</code></p>
  <p>Already signed in here? <a href="/">Go to Sparky</a>.</p>`,
  );
}

function page(status: number, main: string): Response {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in to Sparky</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<style>
  :root { color-scheme: light dark; background: Canvas }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1rem }
  code { padding: .1em .4em; border: 1px solid; border-radius: .3em }
  button { font: inherit; min-height: 44px; padding: .4em 1.2em; cursor: pointer }
</style>
<main>
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
