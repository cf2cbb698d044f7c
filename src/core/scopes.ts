/** What an API token may be used for. One without scopes, as that of a home's file, may do all that its owner may. */

export const SCOPES = ["read", "tasks", "write", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** `needed`: any of these will do. */
export function isWithin(scopes: readonly Scope[] | null, needed: readonly Scope[]): boolean {
  return scopes === null || scopes.includes("admin") || needed.some((scope) => scopes.includes(scope));
}
