import { isSparkyError } from "../../core/errors.ts";
import { errorBody } from "../../wire/errors.ts";
import type { ServerDeps } from "../deps.ts";
import type { Auth } from "../sign-in/auth.ts";
import { escaped, smallPage } from "../sign-in/small-page.ts";
import type { Route } from "./route.ts";

/** The session that a browser has here; null: whoever asks has a token, or nothing. */
export async function sessionOf(auth: Auth, headers: Headers): Promise<string | null> {
  const credential = (await auth.identify(headers, false))?.credential;
  return credential?.kind === "session" ? credential.id : null;
}

/**
 * Where the browser comes back to: what it brings is known by a word that was given to one sign-in, counts once, and only in
 * the browser that went there. Anybody may ask: who has no such word costs a look at one row.
 */
export function toolSignInAnswer({ mcp, log, store }: ServerDeps, auth: Auth, fonts: () => Promise<string>): Route {
  return {
    doc: {
      method: "GET",
      path: "/oauth/callback",
      right: null,
      summary: "Where a browser comes back to from signing in at a tool server.",
      answers: { 200: null },
    },
    async run({ query, headers, request }) {
      const told = async (status: number, words: Words): Promise<Response> =>
        isForEyes(headers)
          ? smallPage(status, words.title, htmlOf(words), { fonts: await fonts(), form: null })
          : plain(status, words);
      // Whoever only looks at an address, as a preview does, spends nothing.
      if (request.method === "HEAD") return plain(200, { title: "", lines: [] });
      try {
        const back = await mcp.signedIn(new URLSearchParams(query), () => sessionOf(auth, headers));
        if (back.isOurs)
          return new Response(null, {
            status: 303,
            headers: { location: "/tools?show=servers" },
          });
        const line = `Sparky can use the tool server ${back.server} for you now.`;
        return await told(200, { title: "You are signed in, and may close this page", lines: [line] });
      } catch (error) {
        // Anything else is a bug, and told as one.
        if (!isSparkyError(error)) throw error;
        const { status, body } = errorBody(error);
        if (status >= 500) log.warn({ err: error }, "a sign-in at a tool server failed");
        const { message, hint } = store.secrets.value(body.error);
        const lines = [`${message}.`, ...(hint === undefined ? [] : [`What to do: ${hint}`])];
        return told(status, { title: "You were not signed in at the tool server", lines });
      }
    },
  };
}

interface Words {
  readonly title: string;
  readonly lines: readonly string[];
}

const htmlOf = ({ title, lines }: Words): string =>
  [
    `<h1>${escaped(title)}</h1>`,
    ...lines.map((line) => `<p>${escaped(line)}</p>`),
    `<p><a href="/tools?show=servers">Go to Sparky</a></p>`,
  ].join("\n  ");

function plain(status: number, { title, lines }: Words): Response {
  const text = status === 200 ? `${title}.\n` : [title, ...lines, ""].join("\n");
  return new Response(text, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}

const isForEyes = (headers: Headers): boolean => /\btext\/html\b/.test(headers.get("accept") ?? "");
