import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Cookies do not know ports: two instances on one host must not overwrite each other's. */
export function cookiePrefix(secret: string): string {
  return `sparky-${createHash("sha256").update(secret).digest("hex").slice(0, 8)}`;
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
