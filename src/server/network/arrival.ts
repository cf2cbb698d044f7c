import { BlockList, isIP } from "node:net";

/** How a request came in. */
export interface Arrival {
  /** Where the caller is; empty: in this process. */
  readonly address: string;
  /** The host that the caller asked for. */
  readonly host: string | null;
  /** The caller's own connection is encrypted. */
  readonly encrypted: boolean;
}

type Header = (name: string) => string | null;

/**
 * What the connection itself says or, where it is one of a proxy that is named, what the proxy says of its caller. A header of
 * anybody else counts for nothing. `proxies`: addresses, ranges, `loopback`.
 */
export function arrivals(proxies: readonly string[]): (peer: Arrival, header: Header) => Arrival {
  const known = listOf(proxies);
  const isProxy = (address: string): boolean => known.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  /** The nearest that is no proxy: what stands before it may be made up. Among proxies alone, the first. */
  const callerOf = (forwarded: string | null, peer: string): string => {
    let caller = peer;
    for (const written of forwarded?.split(",").toReversed() ?? []) {
      const address = addressIn(written);
      if (address === null) break;
      caller = address;
      if (!isProxy(address)) break;
    }
    return caller;
  };
  return (peer, header) => {
    const address = plain(peer.address);
    if (isIP(address) === 0 || !isProxy(address)) return { ...peer, address };
    return {
      address: callerOf(header("x-forwarded-for"), address),
      host: first(header("x-forwarded-host")) ?? peer.host,
      encrypted: peer.encrypted || first(header("x-forwarded-proto"))?.toLowerCase() === "https",
    };
  };
}

function listOf(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const place of proxies.flatMap((each) => (each === "loopback" ? ["127.0.0.0/8", "::1"] : [each]))) {
    const [address = "", bits] = place.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** An IPv4 address as such where every address is listened on. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "");

/** Of `192.0.2.1`, `192.0.2.1:4711`, `[2001:db8::1]:4711`; null: it is none. */
function addressIn(written: string): string | null {
  const text = written.trim().replaceAll('"', "");
  const address = plain(/^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, "$1"));
  return isIP(address) === 0 ? null : address;
}

const first = (list: string | null): string | null => list?.split(",")[0]?.trim() || null;
