import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Config } from "./config.ts";
import { SparkyError } from "./core/errors.ts";
import { isLoopback } from "./tools/web/reach.ts";

/** How far a server may be reached, and what that asks for. */

/** What keeps others out: nobody else reaches it, TLS and passwords, a proxy, or, as was said in so many words, nothing. */
export type Door = "loopback" | "tls" | "proxy" | "open";

const WAYS = `one of
SPARKY_TLS_CERT and SPARKY_TLS_KEY, and a password for each account: sparky user set-password NAME
--behind-proxy, or SPARKY_BEHIND_PROXY, where a proxy in front of it does TLS
--insecure-lan, or SPARKY_INSECURE_LAN=yes, where all who share the network may read along`;

/** Throws `invalid_input` with the ways that there are, where it would listen beyond this machine by none of them. */
export async function doorOf(config: Pick<Config, "host" | "tls" | "behindProxy" | "insecureLan">): Promise<Door> {
  const { host, tls, behindProxy, insecureLan } = config;
  if (!(await isBeyond(host))) return "loopback";
  if (behindProxy.length > 0) return "proxy";
  if (insecureLan) return "open";
  if (tls !== null) return "tls";
  throw refused(host, "nothing keeps them from reading what is sent");
}

/** The same for accounts that have no password, where it stands on those. */
export function mustHavePasswords(host: string, without: readonly string[]): void {
  if (without.length > 0) throw refused(host, `no password is set for ${without.join(", ")}`);
}

const refused = (host: string, why: string): SparkyError =>
  new SparkyError("invalid_input", `other machines can reach ${host}, and ${why}`, { hint: WAYS });

async function isBeyond(host: string): Promise<boolean> {
  if (isLoopback(host)) return false;
  if (isIP(host) !== 0) return true;
  // One that is not found cannot be listened on: whoever tries says so.
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.some(({ address }) => !isLoopback(address));
}
