import { SparkyError } from "../core/errors.ts";
import type { Store } from "../store/database/store.ts";
import type { User } from "../store/people/user.ts";
import { putPin } from "../store/skills/pins.ts";
import { keepVersion } from "../store/skills/versions.ts";
import { findSkill, type SkillItem } from "./listing.ts";
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
  checkDecide(viewer, skill.place);
  const read = await readVersion(skill.place.root, skill.folder);
  if (!read.ok) throw new SparkyError("invalid_input", `${name} cannot be used: ${read.problem}`);
  const { version } = read;
  if (version.hash !== hash) {
    throw new SparkyError("conflict", `${name} was changed meanwhile: it is not what you have seen`, {
      hint: `look at it again: sparky skills show ${name}`,
    });
  }
  await store.transact(async (tx) => {
    await keepVersion(tx, version);
    const { place: at, owner } = skill.place;
    const said = { state: "approved", hash, said_by: viewer.name } as const;
    await putPin(tx, { place: at, owner_id: owner, folder: skill.folder, ...said });
  });
  return (await findSkill(store.db, roots, viewer, skill.folder, skill.place.name)).item;
}

/** It is not used any more, and does not wait either, whatever becomes of its folder, until somebody approves it. */
export async function turnOffSkill(
  store: Store,
  viewer: User,
  at: { readonly place: Parameters<typeof checkDecide>[1]; readonly folder: string },
): Promise<void> {
  const { place, owner } = at.place;
  await store.transact((tx) =>
    putPin(tx, { place, owner_id: owner, folder: at.folder, state: "off", hash: null, said_by: viewer.name }),
  );
}
