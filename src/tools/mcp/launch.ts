import { realpath } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { SparkyError } from "../../core/errors.ts";
import { contains } from "../shell/mounts.ts";
import type { Sandbox } from "../shell/sandbox.ts";
import type { ClosedIn, Reached } from "./definition.ts";
import { handedIn } from "./inside.ts";
import { filesOf, findProgram } from "./program.ts";

/** How a server's process is begun: as it is, or closed in as commands are. */
export interface Launch {
  readonly argv: readonly string[];
  /** All that it sees. */
  readonly env: { readonly [name: string]: string };
  readonly cwd: string;
  /** It ends at once when it is asked to, and what it fills is watched. */
  readonly isClosedIn: boolean;
}

export interface Ground {
  readonly env: { readonly [name: string]: string };
  readonly workspace: string;
  readonly sandbox: Sandbox;
}

type Program = Extract<Reached, { by: "stdio" }>;

/** In memory, and gone with it: what a program keeps for itself, such as npm's cache. */
const HOME = "/tmp/home";
/** What is made anew for it, or is the machine as a whole. */
const NEVER_SHOWN = ["/", "/tmp", "/var/tmp", "/run", "/var/run", "/dev", "/proc", "/sys"];
const MACHINE = ["/dev", "/proc", "/sys"];

/** Throws in words, with what to do, where it cannot be begun: a server that is to be closed in is never begun without. */
export async function launchOf(server: string, program: Program, ground: Ground): Promise<Launch> {
  const { workspace, sandbox } = ground;
  if (program.sandbox !== null) return closedIn(server, program, program.sandbox, workspace, sandbox);
  const env = { ...ground.env, ...program.env };
  const cwd = program.cwd ?? workspace;
  return {
    argv: [findProgram(program.command, env["PATH"] ?? "", cwd), ...program.args],
    env,
    cwd,
    isClosedIn: false,
  };
}

async function closedIn(
  server: string,
  { command, args, env: own, cwd: from }: Program,
  { network, read }: ClosedIn,
  workspace: string,
  sandbox: Sandbox,
): Promise<Launch> {
  const refused = (why: string, hint: string): SparkyError =>
    new SparkyError("invalid_input", `${JSON.stringify(server)}: ${why}`, { hint });
  const cwd = resolve(workspace, from ?? ".");
  if (!contains(workspace, cwd)) {
    throw refused(
      `its cwd ${cwd} is outside of the workspace, where a sandboxed server is not`,
      "leave cwd out, or name a folder as ${SPARKY_WORKSPACE}/…",
    );
  }
  const env: Launch["env"] = { ...sandbox.environment, HOME, SPARKY_WORKSPACE: workspace, ...own };
  const path = env["PATH"] ?? "";
  const program = findProgram(command, path, cwd);
  const shelter = await sandbox.look();
  if (shelter.kind === "none") {
    throw new SparkyError(
      "unavailable",
      `the server ${server} is to run in a sandbox, which cannot be had here: ${shelter.why}`,
      { hint: shelter.remedy },
    );
  }
  const isOwn = async (place: string): Promise<boolean> =>
    (await sandbox.hides(place)) || sandbox.hides(await realOf(place));
  // What lies in the workspace is there anyway, and a link in it may lead anywhere by now.
  const isThere = (place: string): boolean => contains(workspace, place);
  if (!isThere(program) && (await isOwn(program))) {
    throw refused(`its program ${program} lies in Sparky's home, which no sandbox shows`, "put it somewhere else");
  }
  const shown: string[] = isThere(program) ? [] : [...(await filesOf(program))];
  for (const place of read) {
    if (!isAbsolute(place)) throw refused(`read: ${place} is no whole path`, "write it from / on");
    const named = resolve(place);
    if (isThere(named)) continue;
    const real = await realOf(named);
    const isMachine = NEVER_SHOWN.includes(real) || MACHINE.some((folder) => contains(folder, real));
    if (isMachine || (await isOwn(named)))
      throw refused(`read: no sandbox shows ${named}`, "name the folders that it needs, one by one");
    shown.push(real, named);
  }
  const { carriers, script } = handedIn(env);
  return {
    argv: await sandbox.wrap(["/bin/sh", "-c", script, "sh", program, ...args], {
      workspace,
      network,
      cwd,
      read: shown,
      fresh: [HOME],
      // With what is on the way to it.
      path: [...path.split(":").filter((folder) => !isThere(resolve(cwd, folder))), sandbox.environment["PATH"]].join(
        ":",
      ),
    }),
    env: { ...sandbox.environment, ...carriers },
    cwd: workspace,
    isClosedIn: true,
  };

  async function realOf(place: string): Promise<string> {
    return realpath(place).catch(() => {
      throw refused(`${place} is not there`, "check what it is to read");
    });
  }
}
