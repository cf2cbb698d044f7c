/** What every answer carries, one that is refused before it is understood too. Scripts come from this server alone, and nothing may frame it. */
const SECURITY_HEADERS: { readonly [name: string]: string } = {
  "content-security-policy": [
    "default-src 'self'",
    "script-src 'self'",
    // Component libraries set styles from scripts.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** An answer may be stricter in these. */
const OWN = new Set(["referrer-policy", "content-security-policy"]);

/** Sets them. What does not say that it may be kept is kept nowhere: it may be private. */
export function secureHeaders(headers: Headers): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    if (!OWN.has(name) || !headers.has(name)) headers.set(name, value);
  }
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
}
