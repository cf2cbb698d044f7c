import { join } from "node:path";
import { SparkyError } from "../core/errors.ts";
import { mayAs } from "../store/people/access.ts";
import { AGENT_ID, type User } from "../store/people/user.ts";
import type { PinPlace } from "../store/skills/pins.ts";

/** Where skills are looked for. Of two with one name that are approved, the one in the place that comes first here counts. */

/** `agent`: the workspace of unattended work, which the instance's owner answers for. */
export const PLACES = ["home", "workspace", "agent", "personal", "shipped"] as const;
export type PlaceName = (typeof PLACES)[number];

/** The folders, absolute. */
export interface SkillRoots {
  /** The home's own. */
  readonly home: string;
  /** `~/.agents/skills` of the account that the server runs under. */
  readonly personal: string;
  /** What comes with Sparky; null: it did not come with it. */
  readonly shipped: string | null;
  /** The folder with a workspace for each user. */
  readonly workspaces: string;
}

export interface Place extends PinPlace {
  readonly name: PlaceName;
  readonly root: string;
}

const workspaceSkills = (roots: SkillRoots, userId: string): string =>
  join(roots.workspaces, userId, ".agents", "skills");

/** Those that a run of this user's looks into. */
export function placesOfRun(roots: SkillRoots, userId: string): readonly Place[] {
  return [
    { name: "home", place: "home", owner: "", root: roots.home },
    { name: "workspace", place: "workspace", owner: userId, root: workspaceSkills(roots, userId) },
    { name: "personal", place: "personal", owner: "", root: roots.personal },
    ...(roots.shipped === null ? [] : [{ name: "shipped", place: "shipped", owner: "", root: roots.shipped } as const]),
  ];
}

/** Those that a person is shown. */
export function placesFor(roots: SkillRoots, viewer: User): readonly Place[] {
  const own = placesOfRun(roots, viewer.id);
  if (!mayAs(viewer, "agents", "skills.decide") || viewer.id === AGENT_ID) return own;
  const agent = { name: "agent", place: "workspace", owner: AGENT_ID, root: workspaceSkills(roots, AGENT_ID) } as const;
  return [...own, agent].sort((a, b) => PLACES.indexOf(a.name) - PLACES.indexOf(b.name));
}

/** One's own workspace is one's own to decide about; what all runs get, the instance's owner decides. */
export function mayDecide(viewer: User, { owner }: PinPlace): boolean {
  return owner === viewer.id || mayAs(viewer, "everybodys", "skills.decide");
}

export function checkDecide(viewer: User, place: PinPlace): void {
  if (mayDecide(viewer, place)) return;
  throw new SparkyError("forbidden", "only the owner decides about the skills of all members", {
    hint: "put it into .agents/skills of your own workspace",
  });
}
