import { createHmac, timingSafeEqual } from "node:crypto";
import type { Arrival } from "../network/arrival.ts";
import { browserOfForm, formCookie, isSafeWay, onlyBySafeWay } from "./session-cookie.ts";

const BROWSER_BYTES = 32;

/** The field of a form that says for which browser its page was made. */
export const FORM_KEY = "csrf_token";

/** How a request has come in; `headers`: with cookies as the account library names them. */
export interface Came {
  readonly request: Request;
  readonly headers: Headers;
  readonly arrival: Arrival;
}

/** What a page with a form needs: what its form says, and what its answer sets where the browser has no cookie yet. */
export interface FormKey {
  readonly key: string;
  readonly cookie: string | null;
}

/**
 * Where a browser does not say which page a form is from, a form that signs somebody in counts only from the browser that its page
 * was made for: else another site could sign a visitor in as somebody else. Nothing is kept here.
 */
export function formKeyFor(
  { request, headers, arrival }: Came,
  secret: string,
  random: (bytes: number) => Uint8Array,
): FormKey {
  const known = browserOfForm(headers, secret);
  if (known !== null) return { key: keyOf(known, secret), cookie: null };
  const browser = Buffer.from(random(BROWSER_BYTES)).toString("base64url");
  const cookie = formCookie(browser, secret);
  const isSafe = isSafeWay(request.headers, arrival, secret);
  return { key: keyOf(browser, secret), cookie: isSafe ? onlyBySafeWay(cookie) : cookie };
}

export function isFormOurs({ request, headers }: Came, form: URLSearchParams, secret: string): boolean {
  // One that says it has been believed by now: `OriginRules` lets no other page's form in.
  if (request.headers.has("origin")) return true;
  const browser = browserOfForm(headers, secret);
  if (browser === null) return false;
  const [given, right] = [Buffer.from(form.get(FORM_KEY) ?? ""), Buffer.from(keyOf(browser, secret))];
  return given.length === right.length && timingSafeEqual(given, right);
}

const keyOf = (browser: string, secret: string): string =>
  createHmac("sha256", secret)
    .update(JSON.stringify(["form", browser]))
    .digest("base64url");
