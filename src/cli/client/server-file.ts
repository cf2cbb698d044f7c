import { readNamedFile } from "../../named-file.ts";
import { join } from "node:path";

/** `server.json`: where the server of a home answers. Only to be believed while the home's lock is held. */
export interface ServerFile {
  readonly url: string;
  /** SHA-256 of the certificate that it shows; null: it speaks plain HTTP. */
  readonly certificate: string | null;
  readonly pid: number;
  readonly startedAt: string;
  readonly version: string;
  readonly args: readonly string[];
  readonly daemon: boolean;
  /** Whether it takes up tasks; null: an older server does not say. */
  readonly agentLoop: boolean | null;
}

/** null when there is none, or it is half written. */
export function readServerFile(home: string): ServerFile | null {
  let value: unknown;
  try {
    value = JSON.parse(readNamedFile(join(home, "server.json")));
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { url, certificate, pid, startedAt, version, args, daemon, agentLoop } = value as {
    readonly [key: string]: unknown;
  };
  if (typeof url !== "string" || !URL.canParse(url) || typeof pid !== "number") return null;
  return {
    url: url.replace(/\/+$/, ""),
    certificate: typeof certificate === "string" ? certificate : null,
    pid,
    startedAt: typeof startedAt === "string" ? startedAt : "",
    version: typeof version === "string" ? version : "",
    args: Array.isArray(args) ? args.filter((arg) => typeof arg === "string") : [],
    daemon: daemon === true,
    agentLoop: typeof agentLoop === "boolean" ? agentLoop : null,
  };
}

/** The local owner's API token; null when there is none that this user may read. */
export function readToken(home: string): string | null {
  try {
    return readNamedFile(join(home, "token")).trim() || null;
  } catch {
    return null;
  }
}
