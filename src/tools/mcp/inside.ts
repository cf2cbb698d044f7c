import { MARK } from "../shell/processes.ts";

type Environment = { readonly [name: string]: string };

/** What carries a variable to where it counts, under a name that means nothing to any program on the way. */
const CARRIER = "SPARKY_INSIDE_";
/** The mark of our own, and what shells keep for themselves. */
const TAKEN = new Set([MARK, "UID", "EUID", "PPID", "OPTIND", "BASHOPTS", "SHELLOPTS", "BASH_VERSINFO"]);

/** Whether a server in a sandbox can have a variable of this name. */
export const isGivenInside = (name: string): boolean =>
  /^[A-Za-z_]\w*$/.test(name) && !name.startsWith(CARRIER) && !TAKEN.has(name);

/**
 * A server's environment, as it is handed into its sandbox: what starts the sandbox is not steered by it (`PATH`, `LD_PRELOAD`),
 * and no command line holds a value of it, since those are seen by every user of the machine. The script stands before the
 * program and its arguments.
 */
export function handedIn(env: Environment): { readonly carriers: Environment; readonly script: string } {
  const names = Object.keys(env);
  const carrier = (n: number): string => `${CARRIER}${n}`;
  const given = names.map((name, n) => `${name}="$${carrier(n)}"`);
  return {
    carriers: Object.fromEntries(names.map((name, n) => [carrier(n), env[name] ?? ""])),
    script: `export ${given.join(" ")}; unset ${names.map((_, n) => carrier(n)).join(" ")}; exec "$@"`,
  };
}
