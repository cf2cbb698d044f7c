import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";
import type { Store } from "../store/database/store.ts";
import type { User } from "../store/people/user.ts";
import { pinsIn } from "../store/skills/pins.ts";
import { foldersIn, LIMITS } from "./folder.ts";
import { listSkills, type SkillItem } from "./listing.ts";
import { mayDecide, placesFor, type SkillRoots } from "./places.ts";

/** Skills that are new or changed, for whoever may say yes to them: asked often, so they are read anew only where something changed. */

export interface WaitingSkill extends SkillItem {
  readonly hash: string;
}

/** A folder that does not answer holds nobody up: what was known of it is told. */
const LOOK_MS = 10_000;
/** So many people's lists are kept. */
const MOST = 100;

export class WaitingSkills {
  readonly #store: Pick<Store, "db">;
  readonly #roots: SkillRoots;
  readonly #known = new Map<string, { readonly print: string; readonly items: readonly WaitingSkill[] }>();

  constructor(store: Pick<Store, "db">, roots: SkillRoots) {
    this.#store = store;
    this.#roots = roots;
  }

  async for(viewer: User): Promise<readonly WaitingSkill[]> {
    const key = `${viewer.id} ${viewer.role}`;
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(() => resolve(null), LOOK_MS);
    try {
      const print = await Promise.race([this.#print(viewer), late]);
      const known = this.#known.get(key);
      if (known !== undefined && (print === null || print === known.print)) return known.items;
      if (print === null) return [];
      const items = await Promise.race([waiting(this.#store, this.#roots, viewer), late]);
      if (items === null) return known?.items ?? [];
      if (this.#known.size >= MOST) this.#known.clear();
      this.#known.set(key, { print, items });
      return items;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Says by looking at names, sizes and times alone whether something may be different. */
  async #print(viewer: User): Promise<string> {
    const places = placesFor(this.#roots, viewer).filter(
      (place) => place.name !== "shipped" && mayDecide(viewer, place),
    );
    const seen: string[] = [];
    for (const { root } of places) {
      for (const folder of await foldersIn(root).catch(() => [])) await look(join(root, folder), 1, seen);
    }
    return seen.length === 0 ? "" : JSON.stringify([seen, await pinsIn(this.#store.db, places)]);
  }
}

async function waiting(store: Pick<Store, "db">, roots: SkillRoots, viewer: User): Promise<readonly WaitingSkill[]> {
  const items = await listSkills(store, roots, viewer);
  return items.flatMap((item) => {
    const { hash, state, canDecide } = item;
    return canDecide && hash !== null && (state === "waiting" || state === "changed") ? [{ ...item, hash }] : [];
  });
}

/** No deeper than skills are read, and no more of them. */
async function look(path: string, depth: number, seen: string[]): Promise<void> {
  if (depth > LIMITS.depth + 1 || seen.length > LIMITS.files * LIMITS.skills) return;
  try {
    const found = await lstat(path);
    seen.push(`${path} ${found.size} ${found.mtimeMs} ${found.ctimeMs} ${found.ino}`);
    if (found.isDirectory())
      for await (const { name } of await opendir(path)) await look(join(path, name), depth + 1, seen);
  } catch {
    seen.push(`${path} -`);
  }
}
