import { isIP } from "node:net";
import { hostname } from "node:os";
import { SparkyError } from "../../core/errors.ts";

/**
 * Against DNS rebinding and cross-site requests: a request must name a host that is ours, and what changes something, or
 * opens a socket, must come from a page of that same host (or from no page at all).
 */
export interface OriginRules {
  check(request: {
    readonly method: string;
    readonly host: string | null;
    readonly origin: string | null;
    readonly upgrade?: boolean;
  }): void;
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];

/** `host` is what the server is bound to; `extra` are further names under which it is reached. */
export function originRules(host: string, extra: readonly string[]): OriginRules {
  const wildcard = host === "0.0.0.0" || host === "::";
  const own = wildcard ? [hostname(), `${hostname()}.local`] : [isIP(host) === 6 ? `[${host}]` : host];
  const names = new Set([...LOOPBACK, ...own, ...extra].map((name) => name.toLowerCase()));
  // Rebinding needs a name: an address in `Host` is harmless where every address is listened on.
  const known = (name: string): boolean => names.has(name) || (wildcard && isIP(name.replace(/^\[|\]$/g, "")) !== 0);
  return {
    check({ method, host: asked, origin, upgrade = false }) {
      const name = hostOf(`http://${asked ?? ""}`)?.name ?? null;
      if (name === null || !known(name)) {
        throw new SparkyError("forbidden", `this server is not called ${JSON.stringify(asked ?? "")}`, {
          hint: `use one of: ${[...names].join(", ")}`,
        });
      }
      if (origin === null || (SAFE_METHODS.includes(method) && !upgrade)) return;
      if (hostOf(origin)?.host === hostOf(`http://${asked ?? ""}`)?.host) return;
      throw new SparkyError("forbidden", "a page of another site may not do this here");
    },
  };
}

function hostOf(url: string): { readonly host: string; readonly name: string } | null {
  if (!URL.canParse(url)) return null;
  const { hostname: name, host, pathname, username } = new URL(url);
  return name === "" || pathname !== "/" || username !== "" ? null : { host, name: name.toLowerCase() };
}
