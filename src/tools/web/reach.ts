import type { LookupFunction } from "node:net";
import { lookup } from "node:dns";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";

/** Where the web tools may go: to public addresses, and to what the operator's configuration names besides. */

export interface Reach {
  /** Hosts whose addresses need not be public: `wiki.corp`, `10.0.0.5`, `localhost:8080`. Without a port: any. */
  readonly allowed: readonly string[];
  /** Where this server itself listens: never reached, whatever is allowed. */
  readonly ownPort: () => number;
  /** Another way to find addresses than the system's. */
  readonly lookup?: LookupFunction;
}

/** A request that is not made. */
export class Refused extends Error {}

const HINT = "the owner of this Sparky can name hosts of the own network in SPARKY_WEB_HOSTS";

/** All that is given out to the world so far; what lies outside is an IPv4 address in disguise, or nobody's. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR("2000::/3");

/** Only what the registries call ordinary: no loopback, private, link-local, mapped, translated or reserved range. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const found = ipaddr.process(address);
  return found.range() === "unicast" && (found instanceof ipaddr.IPv4 || found.match(GLOBAL_IPV6));
}

/** The host as it is compared: without brackets and without the dot at its end. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");

/** Loopback by its name, which no resolver needs to be asked for, or by its address. */
export function isLoopback(host: string): boolean {
  if (ipaddr.isValid(host)) return ipaddr.process(host).range() === "loopback";
  return host === "localhost" || host.endsWith(".localhost");
}

/** Whether the operator has named the address's host. */
export function isAllowed({ allowed }: Reach, url: URL): boolean {
  return allowed.some((name) => {
    const entry = URL.parse(`http://${isIP(name) === 6 ? `[${name}]` : name}`);
    if (entry === null || hostOf(entry) !== hostOf(url)) return false;
    return !/:\d+$/.test(name) || isIP(name) === 6 || portOf(url) === Number(/\d+$/.exec(name)?.[0]);
  });
}

const portOf = ({ protocol, port }: URL): number => (port === "" ? (protocol === "https:" ? 443 : 80) : Number(port));

/** This server, by whichever of the machine's addresses. */
function isOwn({ ownPort }: Reach, url: URL, address: string): boolean {
  if (portOf(url) !== ownPort() || !ipaddr.isValid(address)) return false;
  const found = ipaddr.process(address);
  if (found.range() === "loopback" || found.range() === "unspecified") return true;
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return own.some((each) => ipaddr.process(each.address).toString() === found.toString());
}

function mayReach(reach: Reach, url: URL, address: string): boolean {
  return !isOwn(reach, url, address) && (isPublic(address) || isAllowed(reach, url));
}

/** What needs no name looked up. A literal never comes to `guardedLookup`, so each address is checked here first. */
export function checkAddress(reach: Reach, url: URL): void {
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new Refused(`${url.protocol} addresses are not fetched, only http: and https:`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new Refused("an address with a user or a password in it is not fetched");
  }
  const host = hostOf(url);
  const address = isIP(host) !== 0 ? host : isLoopback(host) ? "127.0.0.1" : null;
  if (address !== null && !mayReach(reach, url, address)) throw refusal(reach, url, address);
}

function refusal(reach: Reach, url: URL, address: string): Refused {
  const where = hostOf(url) === address ? address : `${hostOf(url)} (${address})`;
  if (isOwn(reach, url, address)) return new Refused(`${where} is this Sparky itself, which is not fetched`);
  return new Refused(`${where} is no public address, so it is not fetched; ${HINT}`);
}

/**
 * For the connection to this address: what the name says at that moment decides, so a name that says something else a moment
 * later leads nowhere. Of several addresses those count that may be reached.
 */
export function guardedLookup(reach: Reach, url: URL): LookupFunction {
  return (hostname, options, callback) => {
    (reach.lookup ?? lookup)(hostname, { ...options, all: true }, (error, found) => {
      const all = Array.isArray(found) ? found : [];
      const [first] = all;
      const fit = all.filter(({ address }) => mayReach(reach, url, address));
      const [best] = fit;
      if (error !== null || first === undefined) callback(error ?? new Error(`${hostname} has no address`), "");
      else if (best === undefined) callback(refusal(reach, url, first.address), "");
      else if (options.all) callback(null, fit);
      else callback(null, best.address, best.family);
    });
  };
}

/** For a request that a proxy makes: a name that is known here to lead inside is refused; others are the proxy's to find. */
export async function checkName(reach: Reach, url: URL): Promise<void> {
  if (isIP(hostOf(url)) !== 0) return;
  await new Promise<void>((resolve, reject) => {
    guardedLookup(reach, url)(hostOf(url), { all: true }, (error) => {
      if (error instanceof Refused) reject(error);
      else resolve();
    });
  });
}
