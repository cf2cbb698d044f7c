import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Arrival } from "../network/arrival.ts";

/** Cookies do not know ports: two instances on one host must not overwrite each other's. */
export function cookiePrefix(secret: string): string {
  return `sparky-${createHash("sha256").update(secret).digest("hex").slice(0, 8)}`;
}

/** A browser takes and sends one of this name by TLS alone, and lets no other host set it. */
const SAFE = "__Host-";

/** A cookie that came by TLS never goes another way, and is nobody else's. */
export const onlyBySafeWay = (cookie: string): string =>
  SAFE + cookie.replace(/;\s*(?:secure|path|domain)\b[^;]*/gi, "") + "; Path=/; Secure";

/** Whether the caller's browser came by TLS: by the connection, or by what it sends itself. */
export function isSafeWay(headers: Headers, { encrypted }: Pick<Arrival, "encrypted">, secret: string): boolean {
  if (encrypted || headers.get("origin")?.startsWith("https://")) return true;
  return headers.get("cookie")?.includes(`${SAFE}${cookiePrefix(secret)}.`) ?? false;
}

/**
 * The headers with the cookies as the account library names them. By TLS only those count that no other way could have set:
 * where there is one, and wherever the connection is known to be encrypted.
 */
export function withPlainCookies(headers: Headers, { encrypted }: Pick<Arrival, "encrypted">, secret: string): Headers {
  const cookie = headers.get("cookie");
  const ours = `${cookiePrefix(secret)}.`;
  if (cookie === null || !cookie.includes(ours)) return headers;
  const all = cookie.split(";").map((each) => each.trim());
  const safe = all.filter((each) => each.startsWith(SAFE + ours));
  if (safe.length === 0 && !encrypted) return headers;
  const others = all.filter((each) => !each.startsWith(ours) && !each.startsWith(SAFE + ours));
  const plain = new Headers(headers);
  plain.set("cookie", [...safe.map((each) => each.slice(SAFE.length)), ...others].join("; "));
  return plain;
}

/** For as long as a passkey is looked for: what was asked of this browser is answered by it alone. */
export function passkeyCookie(browser: string, seconds: number, secret: string): string {
  return `${cookiePrefix(secret)}.passkey=${browser}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Strict`;
}

export const browserOfPasskey = (headers: Headers, secret: string): string | null =>
  valueOf(headers, `${cookiePrefix(secret)}.passkey`);

/** For as long as the browser is open: forms of our pages come from it. `Lax`: a link from elsewhere opens such a page too. */
export const formCookie = (browser: string, secret: string): string =>
  `${cookiePrefix(secret)}.form=${browser}; Path=/; HttpOnly; SameSite=Lax`;

/** Whoever is in needs it no more. */
export const noFormCookie = (secret: string): string => `${formCookie("", secret)}; Max-Age=0`;

export const hasFormCookie = (headers: Headers, secret: string): boolean =>
  headers.get("cookie")?.includes(`${cookiePrefix(secret)}.form=`) ?? false;

export const browserOfForm = (headers: Headers, secret: string): string | null =>
  valueOf(headers, `${cookiePrefix(secret)}.form`);

function valueOf(headers: Headers, cookie: string): string | null {
  const cookies = headers
    .get("cookie")
    ?.split(";")
    .map((each) => each.trim());
  return cookies?.find((each) => each.startsWith(`${cookie}=`))?.slice(cookie.length + 1) || null;
}

export function hasSessionCookie(headers: Headers, secret: string): boolean {
  return headers.get("cookie")?.includes(`${cookiePrefix(secret)}.session_token=`) ?? false;
}

/**
 * Whether the session cookie is one that this server has signed, as better-auth signs it. That takes no look at the database,
 * and does not say that its session holds.
 */
export function isCookieOurs(headers: Headers, secret: string): boolean {
  const name = `${cookiePrefix(secret)}.session_token=`;
  const cookies = headers.get("cookie")?.split(";") ?? [];
  const value = cookies.map((each) => each.trim()).find((each) => each.startsWith(name));
  const [, token, signature] = /^(.*)\.([^.]+)$/.exec(unescaped(value?.slice(name.length) ?? "")) ?? [];
  if (token === undefined || signature === undefined) return false;
  const [given, right] = [Buffer.from(signature, "base64"), createHmac("sha256", secret).update(token).digest()];
  return given.length === right.length && timingSafeEqual(given, right);
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
