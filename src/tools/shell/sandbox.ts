import { execFile } from "node:child_process";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../../core/errors.ts";
import { contains, mountsFor, type View } from "./mounts.ts";

/** Commands closed in by bubblewrap: namespaces of their own, a view of the machine that is made for them, limits. */

export const SHELL_MODES = ["sandbox", "host", "off"] as const;
export type ShellMode = (typeof SHELL_MODES)[number];

export type Shelter =
  | { readonly kind: "sandbox"; /** Limits that this machine cannot give. */ readonly missing: readonly string[] }
  | { readonly kind: "none"; readonly why: string; readonly remedy: string };

export interface SandboxOptions {
  readonly mode: ShellMode;
  /** Sparky's home and other files with secrets: never seen by a command. */
  readonly hidden: readonly string[];
  /** What commands see of the environment. */
  readonly environment: { readonly [name: string]: string };
}

/** Processes and threads of one sandbox. */
const PROCESSES = 256;
const FILE_BYTES = 1024 ** 3;
/** Of each process: `RLIMIT_AS` would count what is only reserved, and Node does not start under it. */
const MEMORY_BYTES = Math.min(4 * 1024 ** 3, Math.floor(totalmem() / 2));
/** A server that is root's runs commands as this user, who is nobody and owns nothing but workspaces. */
const NOBODY = 60_789;
const PROBE_MS = 20_000;

const MISSING = [
  `the memory of all its processes together (each has ${Math.round(MEMORY_BYTES / 1024 ** 2)} MB)`,
  `the room in its workspace (each file has ${FILE_BYTES / 1024 ** 2} MB, and a command is ended before the disk is full)`,
];

/** Where root may not make user namespaces for others. */
const TOGETHER = `the processes of each command by itself (all commands have ${PROCESSES} together)`;

const run = promisify(execFile);

/** What a sandbox is made for. */
export interface Inside extends Pick<View, "workspace" | "network" | "read" | "fresh"> {
  /** Where it begins; the workspace when left out. */
  readonly cwd?: string;
  /** PATH in it, where that is not the one of all commands. */
  readonly path?: string;
}

export class Sandbox {
  readonly #options: SandboxOptions;
  #looked: Promise<Shelter> | undefined;
  /** The system counts a user's processes together, and those of a user namespace by themselves. */
  #countsApart = true;

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  /** What commands see of the environment, and what bubblewrap is found by. */
  get environment(): SandboxOptions["environment"] {
    return this.#options.environment;
  }

  /** Whether a place is Sparky's own, or lies in something that is. */
  async hides(place: string): Promise<boolean> {
    const { hidden } = this.#options;
    const real = await Promise.all(hidden.map((own) => realpath(own).catch(() => own)));
    return [...hidden, ...real].some((own) => contains(own, place));
  }

  /** Whether commands can be closed in here: tried once, when it is first asked for, with the very flags of later. */
  async look(): Promise<Shelter> {
    return (this.#looked ??= this.#probe());
  }

  /** What runs `argv` closed in, with its workspace as the only place to write. */
  async wrap(argv: readonly string[], inside: Inside): Promise<readonly string[]> {
    const { workspace, network, cwd = workspace, read, fresh } = inside;
    const isRoot = process.getuid?.() === 0;
    // What others put there is root's; the file tools give what they make to whose folder it is.
    if (isRoot) await run("chown", ["-Rh", `${NOBODY}:${NOBODY}`, "--", workspace], { env: this.#options.environment });
    const { hidden, environment } = this.#options;
    const path = inside.path ?? environment["PATH"] ?? "";
    return [
      "bwrap",
      ...["--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try", "--die-with-parent"],
      ...(network ? [] : ["--unshare-net"]),
      ...(isRoot
        ? // To enter the workspace, and to become somebody else; what is run has none of them.
          [
            "--cap-drop",
            "ALL",
            ...["SETUID", "SETGID", "DAC_READ_SEARCH"].flatMap((cap) => ["--cap-add", `CAP_${cap}`]),
          ]
        : ["--unshare-user", "--disable-userns"]),
      ...(await mountsFor({ workspace, hidden, path, network, read, fresh })),
      ...["--chdir", cwd, "--"],
      ...(isRoot ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--inh-caps=-all"] : []),
      ...(isRoot && this.#countsApart ? ["unshare", "--user", "--map-current-user"] : []),
      // Inside, so that only this command's own processes count.
      ...["prlimit", `--nproc=${PROCESSES}`, `--fsize=${FILE_BYTES}`, `--data=${MEMORY_BYTES}`, "--core=0", "--"],
      ...argv,
    ];
  }

  async #probe(): Promise<Shelter> {
    const { mode, environment } = this.#options;
    if (mode !== "sandbox") return none("SPARKY_SHELL says so", "set SPARKY_SHELL to sandbox");
    if (process.platform !== "linux") return none("there is a sandbox on Linux only", "run Sparky on Linux");
    const isThere = await run("bwrap", ["--version"], { env: environment }).catch(() => null);
    if (isThere === null) return none("bubblewrap is not installed", "apt-get install bubblewrap");
    this.#countsApart = true;
    const why = await this.#fails();
    if (why === null) return { kind: "sandbox", missing: MISSING };
    this.#countsApart = false;
    // Where the server is not root's this is the same once more.
    const whyToo = process.getuid?.() === 0 ? await this.#fails() : why;
    return whyToo === null ? { kind: "sandbox", missing: [...MISSING, TOGETHER] } : none(whyToo, REMEDY);
  }

  /** Why a command cannot be run closed in; null: it can. */
  async #fails(): Promise<string | null> {
    const { environment } = this.#options;
    const workspace = await mkdtemp(join(tmpdir(), "sparky-sandbox-"));
    try {
      const [program = "", ...args] = await this.wrap(["/bin/sh", "-c", "echo ready"], { workspace, network: false });
      const { stdout } = await run(program, args, { env: { ...environment }, cwd: workspace, timeout: PROBE_MS });
      return stdout === "ready\n" ? null : "bubblewrap did not run a command";
    } catch (error) {
      const failure = error as NodeJS.ErrnoException & { readonly killed?: boolean; readonly stderr?: string };
      // A machine that is busy says nothing of its sandbox: asked again at the next call.
      if (failure.killed === true) this.#looked = undefined;
      const [line] = (failure.stderr ?? "").trim().split("\n");
      return line === undefined || line === "" ? messageOf(error) : line;
    } finally {
      await rm(workspace, { recursive: true, force: true });
    }
  }
}

const REMEDY =
  "let the server's user make user namespaces: kernel.unprivileged_userns_clone=1, no AppArmor profile against them, and in a " +
  "container --security-opt seccomp=unconfined with an unmasked /proc";

const none = (why: string, remedy: string): Shelter => ({ kind: "none", why, remedy });
