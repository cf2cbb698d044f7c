import { join } from "node:path";
import { isoTime } from "../core/clock.ts";
import { notFound, SparkyError } from "../core/errors.ts";
import { namesHint } from "../core/nearest.ts";
import type { SkillPinRow } from "../store/database/schema.ts";
import type { Db } from "../store/database/sql.ts";
import type { Store } from "../store/database/store.ts";
import type { User } from "../store/people/user.ts";
import { pinsIn } from "../store/skills/pins.ts";
import { versionHeads, versionWith, type SkillHead, type SkillVersion } from "../store/skills/versions.ts";
import { foldersIn } from "./folder.ts";
import { mayDecide, placesFor, type Place, type SkillRoots } from "./places.ts";
import { readVersion, type Read } from "./version.ts";

/** The skills that lie in a person's places, beside what was said of them. */

/**
 * `waiting`: nobody has looked at it; `changed`: it is another than was approved, and the approved one is used; `refused`: somebody has
 * looked at it as it is, and keeps it out; `broken`: it cannot be read.
 */
export type SkillState = "approved" | "changed" | "waiting" | "refused" | "off" | "broken";

type Head = Pick<SkillVersion, "hash" | "name" | "description" | "byPersonOnly">;

/** What was read of a folder, without what it holds: of many skills nobody keeps all of it. */
type Looked =
  | {
      readonly ok: true;
      readonly head: Head;
      readonly files: number;
      readonly bytes: number;
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly problem: string };

export interface FoundSkill {
  readonly place: Place;
  readonly folder: string;
  readonly state: SkillState;
  readonly read: Looked;
  readonly pin: SkillPinRow | null;
  /** What is used of it; null: nothing. */
  readonly used: Head | null;
}

/** What of a skill may be shown, without what it holds. */
export interface SkillItem {
  readonly name: string;
  readonly description: string;
  readonly place: Place["name"];
  readonly folder: string;
  readonly path: string;
  readonly state: SkillState;
  /** A run of the viewer's is given it. */
  readonly used: boolean;
  readonly byPersonOnly: boolean;
  readonly hash: string | null;
  readonly approvedHash: string | null;
  readonly by: string | null;
  readonly at: string | null;
  readonly files: number;
  readonly bytes: number;
  readonly warnings: readonly string[];
  readonly problem: string | null;
  readonly canDecide: boolean;
}

export async function findSkills(db: Db, roots: SkillRoots, viewer: User): Promise<readonly FoundSkill[]> {
  const places = placesFor(roots, viewer);
  const pins = await pinsIn(db, places);
  const heads = await versionHeads(
    db,
    pins.flatMap(({ hash }) => hash ?? []),
  );
  const found: FoundSkill[] = [];
  for (const place of places) {
    let bytes = 0;
    for (const folder of await foldersIn(place.root)) {
      const pin = pins.find((each) => isAt(each, place) && each.folder === folder) ?? null;
      const read = bytes > MAX_PLACE_BYTES ? TOO_MUCH : looked(await readVersion(place.root, folder));
      if (read.ok) bytes += read.bytes;
      found.push(stateOf(place, folder, read, pin, heads));
    }
  }
  // What nobody has approved for all is nobody else's to see.
  return found.filter(({ place, used, state }) => mayDecide(viewer, place) || used !== null || state === "approved");
}

/** So much is read of all skills in one place. */
const MAX_PLACE_BYTES = 33_554_432;
const TOO_MUCH: Looked = { ok: false, problem: "the skills before it in this place have more than 32 MB together" };

function looked(read: Read): Looked {
  if (!read.ok) return read;
  const { hash, name, description, byPersonOnly, files } = read.version;
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return {
    ok: true,
    head: { hash, name, description, byPersonOnly },
    files: files.length,
    bytes,
    warnings: read.warnings,
  };
}

const isAt = (pin: SkillPinRow, { place, owner }: Place): boolean => pin.place === place && pin.owner_id === owner;

function stateOf(
  place: Place,
  folder: string,
  read: Looked,
  pin: SkillPinRow | null,
  heads: ReadonlyMap<string, SkillHead>,
): FoundSkill {
  const at = { place, folder, read, pin };
  if (pin?.state === "off" && pin.refused_hash === null)
    return { ...at, state: read.ok ? "off" : "broken", used: null };
  // What is part of the product was approved with it.
  if (place.name === "shipped")
    return { ...at, state: read.ok ? "approved" : "broken", used: read.ok ? read.head : null };
  const head = heads.get(pin?.hash ?? "");
  const used = head === undefined ? null : { ...head, byPersonOnly: head.by_person_only === 1 };
  if (!read.ok) return { ...at, state: "broken", used };
  if (pin?.refused_hash === read.head.hash) return { ...at, state: "refused", used };
  if (used === null) return { ...at, state: "waiting", used };
  return { ...at, state: used.hash === read.head.hash ? "approved" : "changed", used };
}

/** Of those that are approved, one for each name, as a run of the viewer's is given them. */
export function usedAmong(found: readonly FoundSkill[]): ReadonlySet<FoundSkill> {
  const byName = new Map<string, FoundSkill>();
  for (const skill of found) {
    const { used, place } = skill;
    if (used !== null && place.name !== "agent" && !byName.has(used.name)) byName.set(used.name, skill);
  }
  return new Set(byName.values());
}

export async function listSkills(
  store: Pick<Store, "db">,
  roots: SkillRoots,
  viewer: User,
): Promise<readonly SkillItem[]> {
  const found = await findSkills(store.db, roots, viewer);
  const used = usedAmong(found);
  return found.map((skill) => itemOf(skill, used.has(skill), viewer));
}

function itemOf(skill: FoundSkill, used: boolean, viewer: User): SkillItem {
  const { place, folder, state, read, pin } = skill;
  // Who may not decide is shown what is used, not what waits.
  const shown = read.ok ? read.head : null;
  const canDecide = mayDecide(viewer, place);
  const head = canDecide ? (shown ?? skill.used) : (skill.used ?? shown);
  return {
    name: head?.name ?? folder,
    description: head?.description ?? "",
    place: place.name,
    folder,
    // Where the server keeps it is nobody else's.
    path: canDecide ? join(place.root, folder) : folder,
    state: canDecide || skill.used === null ? state : "approved",
    used,
    byPersonOnly: head?.byPersonOnly ?? false,
    hash: (canDecide ? shown : head)?.hash ?? null,
    approvedHash: skill.used?.hash ?? null,
    by: place.name === "shipped" && pin === null ? "Sparky" : (pin?.said_by ?? null),
    at: pin === null ? null : isoTime(pin.at),
    files: read.ok ? read.files : 0,
    bytes: read.ok ? read.bytes : 0,
    warnings: read.ok && canDecide ? read.warnings : [],
    problem: read.ok || !canDecide ? null : read.problem,
    canDecide,
  };
}

/** The one that a person means. `place`: where, where several bear the name. */
export async function findSkill(
  db: Db,
  roots: SkillRoots,
  viewer: User,
  name: string,
  place: string | undefined,
): Promise<{ readonly skill: FoundSkill; readonly item: SkillItem }> {
  const all = await findSkills(db, roots, viewer);
  const used = usedAmong(all);
  const named = all
    .map((skill) => ({ skill, item: itemOf(skill, used.has(skill), viewer) }))
    .filter(({ item }) => {
      return (item.name === name || item.folder === name) && (place === undefined || item.place === place);
    });
  // Two in one place may bear one name: their folders do not.
  const byFolder = named.filter(({ item }) => item.folder === name);
  const [first, second] = named.length > 1 && byFolder.length === 1 ? byFolder : named;
  if (first === undefined) {
    const names = all.map((skill) => itemOf(skill, used.has(skill), viewer).name);
    throw notFound(`the skill ${JSON.stringify(name)}`, namesHint(name, names));
  }
  if (second !== undefined) {
    const places = named.map(({ item }) => item.place).join(", ");
    throw new SparkyError("invalid_input", `several skills are called ${JSON.stringify(name)}`, {
      hint: `name its place, one of: ${places}`,
    });
  }
  return first;
}

/** What is used of it, whole. */
export async function usedVersion(db: Db, { used, folder, place }: FoundSkill): Promise<SkillVersion | null> {
  if (used === null) return null;
  if (place.name !== "shipped") return versionWith(db, used.hash);
  const read = await readVersion(place.root, folder);
  return read.ok ? read.version : null;
}
