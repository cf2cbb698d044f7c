import { setImmediate } from "node:timers/promises";
import type { SkillFile, SkillVersion } from "../store/skills/versions.ts";
import { piece } from "../core/text.ts";

/** What a yes is about: how what lies there differs from what was approved before, file by file. */

/** Longer is no longer read by a person; each file's own text can still be asked for. */
const MAX_DIFF = 262_144;
/** Longer texts, and those that have little in common, are told as taken away and added. */
const MAX_COMPARED = 131_072;
const DIFF_MS = 40;

/** As `diff -u` writes it; "" where nothing differs. */
export async function skillDiff(before: SkillVersion | null, after: SkillVersion): Promise<string> {
  const { createTwoFilesPatch } = await import("diff");
  const old = new Map(before?.files.map((file) => [file.path, file]));
  const now = new Map(after.files.map((file) => [file.path, file]));
  let text = "";
  for (const path of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const [a, b] = [old.get(path), now.get(path)];
    if (a?.content === b?.content && a?.kind === b?.kind) continue;
    const names = [a === undefined ? "/dev/null" : `a/${path}`, b === undefined ? "/dev/null" : `b/${path}`] as const;
    const texts = [a, b].every((file) => file === undefined || file.kind === "text");
    const [left, right] = [a?.content ?? "", b?.content ?? ""];
    const short = left.length + right.length <= MAX_COMPARED;
    const options = { timeout: DIFF_MS, headerOptions: HEADER };
    const patch = texts && short ? createTwoFilesPatch(...names, left, right, "", "", options) : undefined;
    if (texts) text += patch ?? wholly(names, left, right);
    else text += `Binary files ${names[0]} (${sizeOf(a)}) and ${names[1]} (${sizeOf(b)}) differ\n`;
    // Others have their turn.
    await setImmediate();
    if (text.length > MAX_DIFF) return `${piece(text, 0, MAX_DIFF)}\n[cut here: the rest is in the files]\n`;
  }
  return text;
}

const HEADER = { includeIndex: false, includeUnderline: false, includeFileHeaders: true };
const sizeOf = (file: SkillFile | undefined): string => `${file?.size ?? 0} bytes`;

function wholly([a, b]: readonly [string, string], left: string, right: string): string {
  const marked = (sign: string, text: string): string => text.replace(/^(?=[^])/gm, sign);
  return `--- ${a}\n+++ ${b}\n${marked("-", left)}\n${marked("+", right)}\n`;
}
