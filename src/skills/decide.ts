import { audit } from "../store/audit/audit.ts";
import { SparkyError } from "../core/errors.ts";
import type { Store } from "../store/database/store.ts";
import type { User } from "../store/people/user.ts";
import { putPin } from "../store/skills/pins.ts";
import { keepVersion, type SkillVersion } from "../store/skills/versions.ts";
import { findSkill, type FoundSkill, type SkillItem } from "./listing.ts";
import { checkDecide, type SkillRoots } from "./places.ts";
import { readVersion } from "./version.ts";

/** A person's word on a skill: it is used as it is now, or it is not used. */

interface Named {
  readonly name: string;
  readonly place: string | undefined;
}

/** `hash`: what the person has seen. Throws `conflict` where it is not that any more. */
export async function approveSkill(
  store: Store,
  roots: SkillRoots,
  viewer: User,
  { name, place }: Named,
  hash: string,
): Promise<SkillItem> {
  const { skill } = await findSkill(store.db, roots, viewer, name, place);
  const version = await seen(viewer, skill, name, hash);
  await store.transact(async (tx) => {
    await keepVersion(tx, version);
    const { place: at, owner } = skill.place;
    const said = { state: "approved", hash, refused_hash: null, said_by: viewer.name } as const;
    await putPin(tx, { place: at, owner_id: owner, folder: skill.folder, ...said });
    audit(tx, viewer, { kind: "skill.approved", thing: skill.folder, detail: hash });
    tx.changed("approvals", [viewer.id]);
  });
  return (await findSkill(store.db, roots, viewer, skill.folder, skill.place.name)).item;
}

/** It waits no more as it is now; what was approved of it before is used as before. `hash`, and what is thrown: as above. */
export async function refuseSkill(
  store: Store,
  roots: SkillRoots,
  viewer: User,
  { name, place }: Named,
  hash: string,
): Promise<SkillItem> {
  const { skill } = await findSkill(store.db, roots, viewer, name, place);
  await seen(viewer, skill, name, hash);
  await store.transact(async (tx) => {
    const { place: at, owner } = skill.place;
    const kept =
      skill.used === null
        ? ({ state: "off", hash: null } as const)
        : ({ state: "approved", hash: skill.used.hash } as const);
    const said = { ...kept, refused_hash: hash, said_by: viewer.name };
    await putPin(tx, { place: at, owner_id: owner, folder: skill.folder, ...said });
    audit(tx, viewer, { kind: "skill.refused", thing: skill.folder, detail: hash });
    tx.changed("approvals", [viewer.id]);
  });
  return (await findSkill(store.db, roots, viewer, skill.folder, skill.place.name)).item;
}

/** What lies there is what the person has seen, and theirs to decide about. */
async function seen(viewer: User, { place, folder }: FoundSkill, name: string, hash: string): Promise<SkillVersion> {
  checkDecide(viewer, place);
  const read = await readVersion(place.root, folder);
  if (!read.ok) throw new SparkyError("invalid_input", `${name} cannot be used: ${read.problem}`);
  if (read.version.hash === hash) return read.version;
  throw new SparkyError("conflict", `${name} was changed meanwhile: it is not what you have seen`, {
    hint: `look at it again: sparky skills show ${name}`,
  });
}

/** It is not used any more, and does not wait either, whatever becomes of its folder, until somebody approves it. */
export async function turnOffSkill(
  store: Store,
  viewer: User,
  at: { readonly place: Parameters<typeof checkDecide>[1]; readonly folder: string },
): Promise<void> {
  const { place, owner } = at.place;
  const said = { state: "off", hash: null, refused_hash: null, said_by: viewer.name } as const;
  await store.transact(async (tx) => {
    await putPin(tx, { place, owner_id: owner, folder: at.folder, ...said });
    audit(tx, viewer, { kind: "skill.off", thing: at.folder });
    tx.changed("approvals", [viewer.id]);
  });
}
