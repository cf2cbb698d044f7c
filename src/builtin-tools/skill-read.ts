import { z } from "zod";
import { SparkyError } from "../core/errors.ts";
import type { Tx } from "../store/database/store.ts";
import { skillsOfRun } from "../store/skills/run-skills.ts";
import { versionWith } from "../store/skills/versions.ts";
import { textPage } from "../tools/text-page.ts";
import { defineTransactionalTool, SKILL_READ, type Tool } from "../tools/tool.ts";

const PAGE_CHARS = 24_000;
const SHOWN_FILES = 100;

const args = z.strictObject({
  name: z.string().min(1).max(100).describe("the skill's name"),
  path: z.string().min(1).max(500).describe("a file of the skill; its instructions when left out").optional(),
  offset: z.number().int().nonnegative().default(0).describe("the first character: `next` of the part before"),
});

/**
 * Reads a skill as it was approved, and as the run began with it: from the database, so that nobody changes it on the way.
 */
export const skillRead: Tool<Tx> = defineTransactionalTool<z.infer<typeof args>, Tx>({
  name: SKILL_READ,
  description:
    "Reads a skill: its instructions, and the names of its files; with `path` one of these files. Read a skill before you " +
    "do the work that it is for.",
  effect: "read",
  idempotent: true,
  timeoutMs: 30_000,
  args,
  summary: ({ name, path, offset }) => [name, path, offset > 0 && `from ${offset}`].filter(Boolean).join(" "),
  execute: async ({ name, path, offset }, { runId }, { db }) => {
    const skills = (await skillsOfRun(db, runId)) ?? [];
    const pinned = skills.find((skill) => skill.name === name);
    const version = pinned === undefined ? null : await versionWith(db, pinned.hash);
    if (version === null) {
      const known = skills.map((skill) => skill.name).join(", ") || "none";
      throw new SparkyError("not_found", `this run has no skill ${JSON.stringify(name)}`, { hint: `it has: ${known}` });
    }
    const whole = path === undefined ? version.body : textOf(version.files, path);
    const text = textPage(whole, offset, PAGE_CHARS);
    const end = offset + text.length;
    const part = { text, next: end < whole.length ? end : null };
    if (path !== undefined) return { name, path, ...part };
    const others = version.files.filter((file) => file.path !== version.main);
    const files = others.slice(0, SHOWN_FILES).map((file) => ({ path: file.path, bytes: file.size }));
    return {
      name,
      ...part,
      ...(offset === 0 &&
        files.length > 0 && { files, ...(others.length > files.length && { more: others.length - files.length }) }),
    };
  },
});

function textOf(files: readonly { path: string; size: number; kind: string; content: string }[], path: string): string {
  const wanted = path.replace(/^\.\//, "");
  const file = files.find((each) => each.path === wanted);
  if (file === undefined) {
    const known = files.slice(0, SHOWN_FILES).map((each) => each.path);
    throw new SparkyError("not_found", `the skill has no file ${JSON.stringify(path)}`, {
      hint: `it has: ${known.join(", ")}`,
    });
  }
  if (file.kind === "text") return file.content;
  throw new SparkyError("invalid_input", `${path} is no text but a binary file of ${file.size} bytes`);
}
