/**
 * Whether the browser came by TLS: this server speaks plain HTTP, so a proxy in front of it says so. It is believed for the
 * names in `SPARKY_ALLOWED_HOSTS`, which are those of a proxy; and the browser itself says so in the origin of what it sends.
 */
export function isSecure({ url, headers }: Pick<Request, "url" | "headers">, allowedHosts: readonly string[]): boolean {
  const at = new URL(url);
  if (at.protocol === "https:" || headers.get("origin")?.startsWith("https://")) return true;
  const host = headers.get("host") ?? at.host;
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : host;
  const proxied = allowedHosts.some((allowed) => allowed.toLowerCase() === name.toLowerCase());
  return proxied && headers.get("x-forwarded-proto")?.split(",")[0]?.trim().toLowerCase() === "https";
}

/** A cookie that came by TLS never goes another way. */
export const onlyBySafeWay = (cookie: string): string => (/;\s*secure\b/i.test(cookie) ? cookie : `${cookie}; Secure`);
