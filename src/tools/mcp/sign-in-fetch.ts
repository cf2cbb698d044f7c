import { messageOf, SparkyError } from "../../core/errors.ts";
import { download, type WebAccess } from "../web/download.ts";
import { hostOf, isLoopback } from "../web/reach.ts";
import type { Fetch } from "./http.ts";

/**
 * HTTP for signing in at one server. What lies at its own origin a person has chosen. Where else it sends us is the server's
 * word: that goes where the web tools may go, without the keys that the server is given, and to this machine only from a
 * server that is on it.
 */

const MAX_BYTES = 256 * 1024;
const REQUEST_MS = 15_000;
/** What a sign-in sends by itself; other headers are for the server. */
const OWN_HEADERS = ["accept", "content-type", "authorization", "mcp-protocol-version"];

export function signInFetch(fetch: Fetch, { server, own, web }: { server: string; own: URL; web: WebAccess }): Fetch {
  return async (url, init = {}) => {
    const address = new URL(url);
    if (address.origin === own.origin) return fetch(address, init);
    const isHere = isLoopback(hostOf(own)) && isLoopback(hostOf(address));
    const { reach } = web;
    const access = isHere ? { ...web, reach: { ...reach, allowed: [...reach.allowed, hostOf(address)] } } : web;
    const headers = new Headers(init.headers);
    const sent = OWN_HEADERS.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    try {
      const { status, header, body, cut } = await download(access, address, {
        method: init.method === "POST" ? "POST" : "GET",
        headers: Object.fromEntries(sent),
        ...(init.body !== undefined && init.body !== null && { body: await new Response(init.body).text() }),
        maxBytes: MAX_BYTES,
        timeoutMs: REQUEST_MS,
        // Whoever asks says where an answer leads on.
        redirects: 0,
        signal: init.signal ?? new AbortController().signal,
      });
      if (cut !== null) throw new Error(`${address.href} does not end`);
      const kept = ["content-type", "location"].flatMap((name) => {
        const value = header(name);
        return value === null ? [] : [[name, value] as const];
      });
      const isEmpty = [204, 205, 304].includes(status);
      return new Response(isEmpty ? null : new Uint8Array(body), { status, headers: Object.fromEntries(kept) });
    } catch (error) {
      init.signal?.throwIfAborted();
      throw new SparkyError("unavailable", `signing in at the server ${server} failed: ${messageOf(error)}`, {
        cause: error,
      });
    }
  };
}
