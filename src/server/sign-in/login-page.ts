/** What a person sees whose sign-in link does not work. */
export function spentLinkPage(): Response {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in to Sparky</title>
<style>
  :root { color-scheme: light dark; background: Canvas }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1rem }
  code { padding: .1em .4em; border: 1px solid; border-radius: .3em }
</style>
<main>
  <h1>This sign-in link does not work any more</h1>
  <p>A link signs in once, within ten minutes. Make a new one on the machine where Sparky runs:</p>
  <p><code>sparky open</code></p>
  <p>Already signed in here? <a href="/">Go to Sparky</a>.</p>
</main>
</html>
`;
  return new Response(html, {
    status: 401,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
}
