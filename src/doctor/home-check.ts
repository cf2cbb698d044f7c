import { readNamedFile } from "../named-file.ts";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { messageOf } from "../core/errors.ts";
import { fail, fixed, ok, warn, type Diagnosis, type Patient } from "./diagnosis.ts";

const OTHERS = 0o077;
/** What nobody else may read. The database is made so too, but a folder that is closed protects it as well. */
const PRIVATE_FILES = ["token", "secret", ".env", "server.json", "tools.json", "mcp.json", "sparky.db"];

export function* checkHome({ home, held, fix }: Patient): Generator<Diagnosis> {
  if (!existsSync(home)) {
    yield usable(nearestFolder(home))
      ? ok("home", `${home} is not there yet: the first start makes it`)
      : fail("home", `${home} cannot be made`, "set SPARKY_HOME to a folder that you may write to");
    return;
  }
  if (!statSync(home).isDirectory()) return yield fail("home", `${home} is no folder`, "set SPARKY_HOME to a folder");
  const refusal = refusalOf(home);
  if (refusal !== null) {
    return yield fail(
      "home",
      `${home} cannot be written: ${refusal}`,
      `give it to yourself, or set SPARKY_HOME to another folder`,
    );
  }
  let sound = true;
  for (const diagnosis of [...modes(home, fix), ...leftOver(home, held, fix)]) {
    sound &&= diagnosis.fixed;
    yield diagnosis;
  }
  if (sound) yield ok("home", `${home} is yours, and closed to others`);
}

function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path));
}

function usable(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Asking for permissions is not enough: root has all of them, and a file system may be read-only. */
function refusalOf(folder: string): string | null {
  const probe = join(folder, `.writable-${process.pid}`);
  try {
    writeFileSync(probe, "");
    rmSync(probe);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

function* modes(home: string, fix: boolean): Generator<Diagnosis> {
  const names = PRIVATE_FILES.filter((name) => existsSync(join(home, name)));
  for (const [path, mode] of [[home, 0o700] as const, ...names.map((name) => [join(home, name), 0o600] as const)]) {
    const now = statSync(path).mode & 0o777;
    if ((now & OTHERS) === 0) continue;
    const what = `${path} can be seen by others (mode ${now.toString(8)})`;
    const remedy = `chmod ${mode.toString(8)} ${path}, or: sparky doctor --fix`;
    if (fix)
      yield attempt("home", `${path} was open to others; its mode is ${mode.toString(8)} now`, what, remedy, () =>
        chmodSync(path, mode),
      );
    else yield warn("home", what, remedy);
  }
}

/** What a process that died has left: nobody believes it, but it confuses people. */
function* leftOver(home: string, held: boolean, fix: boolean): Generator<Diagnosis> {
  if (held) return;
  const file = join(home, "server.json");
  const stale = existsSync(file) ? [file, ...pidfileOf(file)] : [];
  const drafts = readdirSync(home)
    .filter((name) => /\.(draft|\d+\.tmp)$|^\.writable-\d+$/.test(name))
    .map((name) => join(home, name));
  for (const path of [...stale, ...drafts]) {
    const what = `${path} was left by a process that has ended`;
    const remedy = `rm ${path}, or: sparky doctor --fix`;
    if (fix) yield attempt("home", `${what}; it is gone now`, what, remedy, () => rmSync(path));
    else yield warn("home", what, remedy);
  }
}

/** The pidfile that the server was told to write, if it still names that server. */
function pidfileOf(serverFile: string): readonly string[] {
  try {
    const { args, pid } = JSON.parse(readNamedFile(serverFile)) as {
      readonly args: string[];
      readonly pid: number;
    };
    const path = args[args.indexOf("--pidfile") + 1];
    if (!args.includes("--pidfile") || path === undefined) return [];
    return readNamedFile(path).trim() === String(pid) ? [path] : [];
  } catch {
    return [];
  }
}

function attempt(check: string, done: string, what: string, remedy: string, act: () => void): Diagnosis {
  try {
    act();
    return fixed(check, done);
  } catch (error) {
    return warn(check, `${what}, and that could not be changed: ${messageOf(error)}`, remedy);
  }
}

const GIGABYTE = 1e9;
const LITTLE = GIGABYTE;
const TOO_LITTLE = GIGABYTE / 10;

export function* checkDisk({ home }: Patient): Generator<Diagnosis> {
  const { bavail, bsize } = statfsSync(nearestFolder(home));
  const free = bavail * bsize;
  const words = `${(free / GIGABYTE).toFixed(1)} GB are free where ${home} is`;
  if (free < TOO_LITTLE) yield fail("disk", words, "make room: nothing can be written soon");
  else if (free < LITTLE) yield warn("disk", words, "make room, or move SPARKY_HOME");
  else yield ok("disk", words);
}
