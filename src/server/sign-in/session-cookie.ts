import { createHash } from "node:crypto";

/** Cookies do not know ports: two instances on one host must not overwrite each other's. */
export function cookiePrefix(secret: string): string {
  return `sparky-${createHash("sha256").update(secret).digest("hex").slice(0, 8)}`;
}

export function hasSessionCookie(headers: Headers, secret: string): boolean {
  return headers.get("cookie")?.includes(`${cookiePrefix(secret)}.session_token=`) ?? false;
}
