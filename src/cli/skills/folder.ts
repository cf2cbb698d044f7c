import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { CheckSkill } from "../../wire/skills.ts";
import { Failure, usage } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";

/** A skill on this machine, as it is sent to the server. */

const SKIPPED = [".git", "node_modules", "__pycache__", ".venv", ".DS_Store"];
const MAX_FILES = 500;
/** What one request may hold, with room for what JSON adds. */
const MAX_BYTES = 700_000;

type File = CheckSkill["files"][number];

/** The skill in this folder, or those in the folders in it. */
export function skillsAt(given: string): readonly CheckSkill[] {
  const folder = resolve(given);
  const names = namesIn(folder);
  if (names.some(isMain)) return [{ folder: basename(folder), files: filesOf(folder) }];
  const inner = names.filter((name) => isFolder(join(folder, name)) && namesIn(join(folder, name)).some(isMain));
  if (inner.length > 0) return inner.map((name) => ({ folder: name, files: filesOf(join(folder, name)) }));
  throw usage(`${folder} has no SKILL.md, and no folder in it has one`, "sparky skills add FOLDER");
}

const isMain = (name: string): boolean => name.toLowerCase() === "skill.md";
const isFolder = (path: string): boolean => lstatSync(path).isDirectory();

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT") throw new Failure(EXIT.notFound, "not_found", `there is no ${folder}`);
    if (code === "ENOTDIR") throw usage(`${folder} is a file`, "name the folder that it is in");
    throw error;
  }
}

function filesOf(root: string): File[] {
  const files: File[] = [];
  let left = MAX_BYTES;
  const walk = (within: string): void => {
    for (const name of namesIn(join(root, within))) {
      if (SKIPPED.includes(name)) continue;
      const path = within === "" ? name : `${within}/${name}`;
      const found = lstatSync(join(root, path));
      if (found.isDirectory()) walk(path);
      else if (!found.isFile())
        throw tooOdd(join(root, path), "is a link or no ordinary file: a skill is copied without such");
      else {
        left -= found.size;
        if (left < 0)
          throw tooOdd(root, `has more than ${MAX_BYTES / 1000} KB: copy it into the home's folder skills by hand`);
        if (files.length === MAX_FILES) throw tooOdd(root, `has more than ${MAX_FILES} files`);
        files.push(fileOf(path, readFileSync(join(root, path))));
      }
    }
  };
  walk("");
  return files;
}

const tooOdd = (path: string, why: string): Failure => new Failure(EXIT.error, "invalid_input", `${path} ${why}`);

function fileOf(path: string, bytes: Buffer): File {
  if (bytes.includes(0)) return { path, base64: bytes.toString("base64") };
  try {
    return { path, text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { path, base64: bytes.toString("base64") };
  }
}
