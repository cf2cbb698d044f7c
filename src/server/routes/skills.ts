import { z } from "zod";
import { notFound } from "../../core/errors.ts";
import { addSkill, checkFiles, removeSkill } from "../../skills/change.ts";
import { approveSkill, refuseSkill } from "../../skills/decide.ts";
import { skillDiff } from "../../skills/diff.ts";
import type { FolderFile } from "../../skills/folder.ts";
import { findSkill, listSkills, usedVersion } from "../../skills/listing.ts";
import { readVersion, versionOf } from "../../skills/version.ts";
import { listSchema, type User } from "../../wire/api.ts";
import {
  checkedSkillSchema,
  checkSkillSchema,
  decideSkillSchema,
  newSkillSchema,
  removedSkillSchema,
  skillFileSchema,
  skillSchema,
  skillWithFilesSchema,
  type CheckSkill,
} from "../../wire/skills.ts";
import { SKILL_PLACES } from "../../wire/skill-places.ts";
import type { ServerDeps } from "../deps.ts";
import { route, type Route } from "./route.ts";

const placeQuery = z
  .object({
    place: z.enum(SKILL_PLACES),
    /** What lies there now, which is what is shown to who may decide about it, or what runs read. */
    version: z.enum(["now", "approved"]),
  })
  .exactPartial();
const fileQuery = placeQuery.extend({ path: z.string().min(1).max(500).default("SKILL.md") });

export function skillRoutes({ store, skillRoots: roots }: ServerDeps): readonly Route[] {
  /** What lies there now, for who may decide about it; for others what was approved. */
  const look = async (viewer: User, name: string, { place, version }: z.infer<typeof placeQuery>) => {
    const { skill, item } = await findSkill(store.db, roots, viewer, name, place);
    const approved = await usedVersion(store.db, skill);
    const read = item.canDecide && version !== "approved" ? await readVersion(skill.place.root, skill.folder) : null;
    return { item, approved, now: read?.ok ? read.version : approved };
  };
  return [
    route({
      method: "GET",
      path: "/api/skills",
      right: "skills.see",
      summary: "The skills in your places, with those that wait for a yes.",
      answers: { 200: listSchema(skillSchema) },
      async handle({ viewer }) {
        const items = await listSkills(store, roots, viewer);
        return { status: 200, body: { items, next: null, total: items.length } };
      },
    }),
    route({
      method: "POST",
      path: "/api/skills",
      right: "skills.decide",
      scope: "admin",
      summary: "Puts a skill into the home; it waits there for a yes.",
      body: newSkillSchema,
      answers: { 201: skillSchema },
      handle: async ({ viewer, body }) => ({
        status: 201,
        body: await addSkill(store, roots, viewer, {
          folder: body.folder,
          files: filesOf(body),
          replace: body.replace ?? false,
        }),
      }),
    }),
    route({
      method: "POST",
      path: "/api/skills/validate",
      right: "work.begin",
      summary: "What would be said of a skill with these files; nothing is kept.",
      body: checkSkillSchema,
      answers: { 200: checkedSkillSchema },
      async handle({ body }) {
        const files = filesOf(body);
        checkFiles({ folder: body.folder, files });
        const read = await versionOf(files, body.folder);
        const checked = read.ok
          ? { name: read.version.name, description: read.version.description, problem: null, warnings: read.warnings }
          : { name: null, description: null, problem: read.problem, warnings: [] };
        return { status: 200, body: { ok: read.ok, ...checked } };
      },
    }),
    route({
      method: "GET",
      path: "/api/skills/:name",
      right: "skills.see",
      summary: "A skill with its text, its files, and what a yes to it would change.",
      query: placeQuery,
      answers: { 200: skillWithFilesSchema },
      async handle({ viewer, params, query }) {
        const { item, approved, now } = await look(viewer, params.name, query);
        const contents = (now?.files ?? []).map(({ path, size }) => ({ path, bytes: size }));
        const diff = now === null || now === approved ? "" : await skillDiff(approved, now);
        return { status: 200, body: { ...item, text: now?.body ?? "", contents, diff } };
      },
    }),
    route({
      method: "GET",
      path: "/api/skills/:name/files",
      right: "skills.see",
      summary: "One file of a skill: its SKILL.md, or the one that `path` names.",
      query: fileQuery,
      answers: { 200: skillFileSchema },
      async handle({ viewer, params, query }) {
        const { now } = await look(viewer, params.name, query);
        const file = now?.files.find(({ path }) => path === query.path);
        if (file === undefined) throw notFound(`the file ${JSON.stringify(query.path)} of ${params.name}`);
        const text = file.kind === "text" ? file.content : null;
        return { status: 200, body: { path: file.path, bytes: file.size, text } };
      },
    }),
    route({
      method: "POST",
      path: "/api/skills/:name/approve",
      right: "skills.decide",
      scope: "admin",
      lets: true,
      summary: "Lets runs use a skill as it is now; `hash` says what was seen.",
      body: decideSkillSchema,
      answers: { 200: skillSchema },
      handle: async ({ viewer, params: { name }, body: { hash, place } }) => ({
        status: 200,
        body: await approveSkill(store, roots, viewer, { name, place }, hash),
      }),
    }),
    route({
      method: "POST",
      path: "/api/skills/:name/refuse",
      right: "skills.decide",
      scope: "admin",
      summary: "Keeps a skill out as it is now: it waits again when it changes. `hash` says what was seen.",
      body: decideSkillSchema,
      answers: { 200: skillSchema },
      handle: async ({ viewer, params: { name }, body: { hash, place } }) => ({
        status: 200,
        body: await refuseSkill(store, roots, viewer, { name, place }, hash),
      }),
    }),
    route({
      method: "DELETE",
      path: "/api/skills/:name",
      right: "skills.decide",
      scope: "admin",
      summary: "Deletes a skill of the home; one that lies elsewhere is only not used any more.",
      query: placeQuery.pick({ place: true }),
      answers: { 200: removedSkillSchema },
      handle: async ({ viewer, params, query }) => ({
        status: 200,
        body: await removeSkill(store, roots, viewer, params.name, query.place),
      }),
    }),
  ];
}

function filesOf({ files }: CheckSkill): readonly FolderFile[] {
  const all = files.map((file) => ({
    path: file.path,
    bytes: "text" in file ? Buffer.from(file.text) : Buffer.from(file.base64, "base64"),
  }));
  return all.sort((a, b) => (a.path < b.path ? -1 : 1));
}
