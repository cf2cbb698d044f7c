/** What every answer carries. Scripts come from this server alone, and nothing may frame it. */
export const SECURITY_HEADERS: { readonly [name: string]: string } = {
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
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};
