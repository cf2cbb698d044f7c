import { createHash } from "node:crypto";
import { messageOf } from "../core/errors.ts";
import { fileText } from "../core/text-file.ts";
import type { SkillFile, SkillVersion } from "../store/skills/versions.ts";
import { readFolder, type FolderFile } from "./folder.ts";
import { parseSkill } from "./parse.ts";

/** A skill's folder as it is pinned: every byte of it, under one hash. */

export type Read =
  | { readonly ok: true; readonly version: SkillVersion; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** What is in the folder now. */
export async function readVersion(root: string, folder: string): Promise<Read> {
  try {
    return await versionOf(await readFolder(root, folder), folder);
  } catch (error) {
    return { ok: false, problem: messageOf(error) };
  }
}

/** What the folder of this name would be with these files. */
export async function versionOf(files: readonly FolderFile[], folder: string): Promise<Read> {
  const main = files.find(({ path }) => path === "SKILL.md") ?? files.find(({ path }) => path === "skill.md");
  if (main === undefined) return { ok: false, problem: "it has no SKILL.md" };
  let source: string;
  try {
    source = fileText(main.bytes, main.path);
  } catch (error) {
    return { ok: false, problem: messageOf(error) };
  }
  const parsed = await parseSkill(source, folder);
  if (!parsed.ok) return parsed;
  const { name, description, byPersonOnly, body, warnings } = parsed.skill;
  const kept = files.map(fileOf);
  return {
    ok: true,
    version: { hash: hashOf(files), name, description, byPersonOnly, body, main: main.path, files: kept },
    warnings: main.path === "SKILL.md" ? warnings : [...warnings, "its file should be called SKILL.md"],
  };
}

/** Of every name and every byte. */
function hashOf(files: readonly FolderFile[]): string {
  const sums = files.map(({ path, bytes }) => [path, createHash("sha256").update(bytes).digest("hex")]);
  return createHash("sha256").update(JSON.stringify(sums)).digest("hex");
}

function fileOf({ path, bytes }: FolderFile): SkillFile {
  const size = bytes.length;
  // A database keeps no text with a zero in it.
  const text = bytes.includes(0) ? null : textOf(bytes);
  return text === null
    ? { path, size, kind: "bytes", content: Buffer.from(bytes).toString("base64") }
    : { path, size, kind: "text", content: text };
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
