import type { Fetch } from "./http.ts";

/** Longer than a server needs for a token, and shorter than a renewal is waited for by others. */
const REQUEST_MS = 15_000;

/** Requests for tokens among those of a sign-in: limited in time, and not lost for what stands beside the token. */
export function tokenRequests(fetch: Fetch, stopping: AbortSignal): Fetch {
  return async (url, init) => {
    const { body } = init ?? {};
    if (!(body instanceof URLSearchParams) || !body.has("grant_type")) return fetch(url, init);
    const limit = new AbortController();
    const late = new Error(`it gave no answer within ${REQUEST_MS / 1000} s`);
    const timer = setTimeout(() => limit.abort(late), REQUEST_MS);
    try {
      const response = await fetch(url, { ...init, signal: AbortSignal.any([stopping, limit.signal]) });
      const text = await response.text();
      const { status, headers } = response;
      return response.ok ? Response.json(sound(JSON.parse(text) as unknown)) : new Response(text, { status, headers });
    } finally {
      clearTimeout(timer);
    }
  };
}

/** A token that was given is the last of its kind: a name without a value, or a time that is none, is no reason to lose it. */
function sound(answer: unknown): unknown {
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) return answer;
  const said = Object.entries(answer).filter(([, value]) => value !== null && value !== "");
  const seconds = Number("expires_in" in answer ? answer.expires_in : undefined);
  return {
    ...("access_token" in answer && { token_type: "Bearer" }),
    ...Object.fromEntries(said.filter(([name]) => name !== "expires_in")),
    ...(Number.isFinite(seconds) && { expires_in: seconds }),
  };
}
