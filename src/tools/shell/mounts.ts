import { lstat, readFile, readlink, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, relative, sep } from "node:path";

/**
 * What a command in the sandbox sees of the machine: the system's own folders and those of PATH, read-only, its workspace, and
 * memory in place of the rest. What is not named here is not there: homes, data, other people's workspaces.
 */

/** Programs, libraries and settings of the system. */
const SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt", "/nix", "/gnu"];
const TMP_BYTES = 256 * 1024 * 1024;
const SHARED_BYTES = 64 * 1024 * 1024;
const RESOLVER = "/etc/resolv.conf";

export interface View {
  readonly workspace: string;
  /** Folders and files that must not be seen wherever they lie, the home among them. */
  readonly hidden: readonly string[];
  /** PATH, as the command will have it. */
  readonly path: string;
  readonly network: boolean;
  /** Folders and files to read beside those of the system, and links, which are links there too. */
  readonly read?: readonly string[] | undefined;
  /** Folders in memory that are made for it, below `/tmp`. */
  readonly fresh?: readonly string[] | undefined;
}

/** In bubblewrap's words; the order counts. */
export async function mountsFor(view: View): Promise<readonly string[]> {
  const { workspace, path, network, read = [], fresh = [] } = view;
  // What is named by a link is hidden where it lies: the link leads there too.
  const hidden = await Promise.all(view.hidden.map((place) => realpath(place).catch(() => place)));
  const { args, bound } = await programs(path, [...view.hidden, ...hidden]);
  const seen = (file: string): boolean => isIn(bound, file);
  args.push("--proc", "/proc", "--dev", "/dev");
  for (const [bytes, folder] of [[TMP_BYTES, "/tmp"] as const, [SHARED_BYTES, "/dev/shm"] as const])
    args.push("--perms", "1777", "--size", String(bytes), "--tmpfs", folder);
  args.push("--remount-ro", "/dev", "--perms", "1777", "--dir", "/var/tmp");
  for (const place of new Set(read)) await show(place);
  // Whoever it is that the command runs as.
  for (const folder of fresh) args.push("--perms", "0777", "--dir", folder);
  const covered: string[] = [];
  for (const place of hidden.filter(seen)) {
    const stat = await lstat(place).catch(() => null);
    if (stat === null) continue;
    if (stat.isDirectory()) {
      args.push("--tmpfs", place);
      covered.push(place);
    } else args.push("--ro-bind", "/dev/null", place);
  }
  for (const socket of (await sockets()).filter((each) => seen(each) && !covered.some((up) => contains(up, each))))
    args.push("--ro-bind", "/dev/null", socket);
  const resolver = network ? await realpath(RESOLVER).catch(() => RESOLVER) : RESOLVER;
  if (!seen(resolver)) args.push("--ro-bind", resolver, resolver);
  args.push(...wayTo(workspace, bound));
  args.push("--bind", workspace, workspace);
  for (const folder of [...covered, "/"]) args.push("--remount-ro", folder);
  return args;

  async function show(place: string): Promise<void> {
    if (seen(place)) return;
    args.push(...wayTo(place, bound));
    const real = await realpath(place);
    if (real !== place) args.push("--symlink", real, place);
    else {
      args.push("--ro-bind", place, place);
      bound.push(place);
    }
  }
}

async function programs(path: string, hidden: readonly string[]) {
  const args: string[] = [];
  const bound: string[] = [];
  const bind = (folder: string): void => {
    args.push(...wayTo(folder, bound), "--ro-bind", folder, folder);
    bound.push(folder);
  };
  for (const folder of SYSTEM) {
    const stat = await lstat(folder).catch(() => null);
    if (stat?.isSymbolicLink()) args.push("--symlink", await readlink(folder), folder);
    else if (stat?.isDirectory()) bind(folder);
  }
  // A folder of programs may lie in somebody's home, but the home itself is none.
  const isPrivate = (folder: string): boolean =>
    [...hidden, homedir()].some((place) => contains(folder, place)) || hidden.some((place) => contains(place, folder));
  for (const folder of path.split(":").filter(isAbsolute)) {
    const real = await realpath(folder).catch(() => null);
    if (real === null || SYSTEM.some((each) => contains(each, folder)) || bound.includes(folder)) continue;
    if (isPrivate(real) || isPrivate(folder) || TEMPORARY.includes(real)) continue;
    bind(folder);
  }
  return { args, bound };
}

const TEMPORARY = ["/", "/tmp", "/var/tmp", "/dev", "/proc", "/run", "/sys"];

/** A socket is reached through a read-only folder too, so each that is known is covered. */
async function sockets(): Promise<readonly string[]> {
  const known = await readFile("/proc/net/unix", "utf8").catch(() => "");
  const paths = new Set(known.split("\n").flatMap((line) => line.split(" ").slice(7).join(" ").match(/^\/.+/) ?? []));
  const found = await Promise.all(
    [...paths].map(async (path) => ((await lstat(path).catch(() => null))?.isSocket() ? [path] : [])),
  );
  return found.flat();
}

export function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

const isIn = (bound: readonly string[], file: string): boolean => bound.some((folder) => contains(folder, file));

/** The folders above a place: else bubblewrap makes them as closed as the place itself, and nobody could come to it. */
const wayTo = (place: string, bound: readonly string[]): readonly string[] =>
  above(place)
    .filter((folder) => !isIn(bound, folder) && !TEMPORARY.includes(folder))
    .flatMap((folder) => ["--perms", "0755", "--dir", folder]);

/** From the top on, without the root. */
function above(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === "/" || folder === "." ? [] : [...above(folder), folder];
}
