import { isIP } from "node:net";
import type { Place } from "./passkeys.ts";

/** This machine's own name, which browsers trust without TLS. */
const isLocal = (name: string): boolean => name === "localhost" || name.endsWith(".localhost");

/**
 * Where passkeys can be, by the address at which the caller has come in, which the door has found to be ours: they belong to a
 * name, and are for TLS or this machine. null: not here.
 */
export function passkeyPlace(base: string): Place | null {
  const { protocol, host, hostname } = new URL(base);
  if (isIP(hostname.replace(/^\[|\]$/g, "")) !== 0) return null;
  if (isLocal(hostname)) return { name: hostname, origins: [`http://${host}`, `https://${host}`] };
  return protocol === "https:" ? { name: hostname, origins: [`https://${host}`] } : null;
}
