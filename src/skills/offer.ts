import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { exactLine } from "../core/exact.ts";
import type { Store } from "../store/database/store.ts";
import { pinsIn } from "../store/skills/pins.ts";
import { pinRunSkills, skillsOfRun } from "../store/skills/run-skills.ts";
import { keepVersion, versionHeads, type SkillHead, type SkillVersion } from "../store/skills/versions.ts";
import { foldersIn } from "./folder.ts";
import { placesOfRun, type Place, type SkillRoots } from "./places.ts";
import { readVersion } from "./version.ts";

/** What a run is told of skills. */

/** Of all of them together, in the system text of every run. */
const MAX_LIST = 16_000;
const MAX_DESCRIPTION = 1024;
/** A folder that does not answer keeps no run from starting: what lies there is then taken for what it was. */
const LOOK_MS = 1000;

const WORDS = `Skills are instructions for some kinds of work, approved by a person. When the description of one fits what you are about to
do, read it first with skill_read, and follow it. It grants no rights: what a tool refuses stays refused.
A message that begins with / and the name of a skill asks for that skill, also for one that is not in this list, with what follows as its
subject. A skill that you write, as .agents/skills/NAME/SKILL.md in the workspace, waits until a person approves it. The skills:`;

export class Skills {
  readonly #store: Store;
  readonly #roots: SkillRoots;
  /** Of the product: read once, and kept in the database once a run has begun with them. */
  #shipped: Promise<readonly { readonly folder: string; readonly version: SkillVersion }[]> | null = null;
  readonly #kept = new Set<string>();

  constructor(store: Store, roots: SkillRoots) {
    this.#store = store;
    this.#roots = roots;
  }

  /** For the system text of this run; "" when it has none. The same at each call, also after a crash. */
  async textFor(runId: string, userId: string): Promise<string> {
    const { db } = this.#store;
    const pinned = await skillsOfRun(db, runId);
    if (pinned === null) {
      const used = await this.#usedBy(userId);
      await this.#store.transact((tx) =>
        pinRunSkills(
          tx,
          runId,
          used.map(({ name, hash }) => ({ name, hash })),
        ),
      );
    }
    const skills = pinned ?? (await skillsOfRun(db, runId)) ?? [];
    return this.#text(skills);
  }

  /** What a run would be told that began now. */
  async textNow(userId: string): Promise<string> {
    return this.#text(await this.#usedBy(userId));
  }

  async #text(skills: readonly { readonly hash: string }[]): Promise<string> {
    const heads = await versionHeads(
      this.#store.db,
      skills.map(({ hash }) => hash),
    );
    return listText(skills.flatMap(({ hash }) => heads.get(hash) ?? []));
  }

  /** Approved, still there, and the first of its name. */
  async #usedBy(userId: string): Promise<readonly { readonly name: string; readonly hash: string }[]> {
    const { db } = this.#store;
    const places = placesOfRun(this.#roots, userId);
    const pins = await pinsIn(db, places);
    const heads = await versionHeads(
      db,
      pins.flatMap(({ hash }) => hash ?? []),
    );
    const byName = new Map<string, { readonly name: string; readonly hash: string }>();
    for (const place of places) {
      const own = pins.filter((pin) => pin.place === place.place && pin.owner_id === place.owner);
      const offered = place.name === "shipped" ? await this.#shippedBut(place, own) : await here(place, own, heads);
      for (const { name, hash } of offered) if (!byName.has(name)) byName.set(name, { name, hash });
    }
    return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async #shippedBut(place: Place, pins: readonly { readonly folder: string; readonly state: string }[]) {
    this.#shipped ??= readAll(place.root);
    const shipped = await this.#shipped;
    const off = new Set(pins.filter(({ state }) => state === "off").map(({ folder }) => folder));
    const used = shipped.filter(({ folder }) => !off.has(folder)).map(({ version }) => version);
    const fresh = used.filter(({ hash }) => !this.#kept.has(hash));
    if (fresh.length > 0) {
      await this.#store.transact(async (tx) => {
        for (const version of fresh) await keepVersion(tx, version);
      });
      for (const { hash } of fresh) this.#kept.add(hash);
    }
    return used;
  }
}

async function readAll(root: string) {
  const all = [];
  for (const folder of await foldersIn(root)) {
    const read = await readVersion(root, folder);
    if (read.ok) all.push({ folder, version: read.version });
  }
  return all;
}

async function here(
  { root }: Place,
  pins: readonly { readonly folder: string; readonly state: string; readonly hash: string | null }[],
  heads: ReadonlyMap<string, SkillHead>,
): Promise<readonly SkillHead[]> {
  const found: SkillHead[] = [];
  for (const { folder, state, hash } of pins) {
    const head = heads.get(hash ?? "");
    if (state === "approved" && head !== undefined && (await isThere(join(root, folder)))) found.push(head);
  }
  return found;
}

/** false: somebody has taken it away. */
async function isThere(path: string): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<true>();
  const timer = setTimeout(() => resolve(true), LOOK_MS);
  const look = lstat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  try {
    return await Promise.race([look, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Names and descriptions; of very many the later ones' names alone. */
function listText(heads: readonly SkillHead[]): string {
  const offered = heads.filter((head) => head.by_person_only === 0);
  if (offered.length === 0) return "";
  const lines: string[] = [];
  let left = MAX_LIST;
  for (const { name, description } of offered) {
    const line = `- ${name}: ${exactLine(description, MAX_DESCRIPTION)}`;
    left -= line.length;
    lines.push(left > 0 ? line : `- ${name}`);
  }
  return `${WORDS}\n${lines.join("\n")}`;
}
