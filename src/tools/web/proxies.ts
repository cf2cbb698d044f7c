import { hostOf, isLoopback } from "./reach.ts";

/** The proxies that the environment names, in the usual variables. */
export interface Proxies {
  readonly http: string | null;
  readonly https: string | null;
  /** Hosts that are reached without one: `example.org`, `.example.org`, `host:8080`, or `*`. */
  readonly none: readonly string[];
}

/** The proxy that a request goes through; null: none. Nothing of this machine's own goes out to one. */
export function proxyFor(proxies: Proxies, url: URL): string | null {
  const proxy = url.protocol === "https:" ? proxies.https : proxies.http;
  const host = hostOf(url);
  if (proxy === null || isLoopback(host)) return null;
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  const isNamed = proxies.none.some((entry) => {
    if (entry === "*") return true;
    const [, name = "", only] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    return (only === undefined || only === port) && name !== "" && (host === name || host.endsWith(`.${name}`));
  });
  return isNamed ? null : proxy;
}
