import type { ReactNode } from "react";
import { plural } from "./plural.ts";

/** What is said of tools and skills that are new or changed. */
export const WORDS = {
  title: "New and changed tools and skills",
  notLoaded: "New and changed tools could not be loaded",

  /** Tools of one server. */
  toolsWait: (n: number, server: string): string =>
    `${plural(n, { one: "A tool", other: "# tools" })} of ${server} ${plural(n, { one: "waits", other: "wait" })}`,
  howMany: (fresh: number, changed: number): string =>
    [...(fresh > 0 ? [`${fresh} new`] : []), ...(changed > 0 ? [`${changed} changed`] : [])].join(", "),
  toolsAreNotUsed: (n: number): string =>
    plural(n, {
      one: "used by no run as it is now until you say yes",
      other: "used by no run as they are now until you say yes",
    }),
  seen: (ago: string): string => `seen ${ago}`,
  foldUp: "Fold up",
  showAll: (n: number): string => `Show what is different in all ${n}`,
  loading: "Loading what is different…",
  toolsNotLoaded: "They could not be loaded",
  parts: { description: "Description", schema: "Arguments", hints: "What its server says of it" },
  isNew: "is new",
  hasChanged: "has changed",
  wasRefused: (by: ReactNode): ReactNode => <>As it was before, it was kept refused {by}.</>,
  by: (who: string): string => `by ${who}`,
  bySomebody: "by somebody",
  byAndWhen: (by: string, when: ReactNode): ReactNode => (
    <>
      {by}, {when}
    </>
  ),
  approve: "Approve",
  approveIt: (tool: string): string => `Approve ${tool}`,
  approveAll: (n: number): string => `Approve all ${n}`,
  refuse: "Keep refused",
  refuseIt: (tool: string): string => `Keep refused: ${tool}`,
  refuseAll: (n: number): string => `Keep all ${n} refused`,
  approvedTool: (tool: string, server: string): string => `You approved ${tool} of ${server}`,
  refusedTool: (tool: string, server: string): string => `You keep refused: ${tool} of ${server}`,
  approvedTools: (n: number, server: string): string =>
    `You approved ${plural(n, { one: "# tool", other: "# tools" })} of ${server}`,
  refusedTools: (n: number, server: string): string =>
    `You keep refused: ${plural(n, { one: "# tool", other: "# tools" })} of ${server}`,

  /** A skill. */
  newSkill: (skill: string): string => `The skill ${skill} is new`,
  changedSkill: (skill: string): string => `The skill ${skill} has changed`,
  skillIsNotUsed: "used by no run until you say yes",
  skillGoesOn: "until you say yes, runs go on with what was approved",
  skillNotLoaded: "It could not be loaded",
  approvedSkill: (skill: string): string => `You approved the skill ${skill}`,
  refusedSkill: (skill: string): string => `You keep refused: the skill ${skill}`,
  files: (n: number, files: string): string => `${plural(n, { one: "Its file", other: "Its # files" })}: ${files}`,
  fileOf: (path: string, size: string): string => `${path} (${size})`,
  instructions: "Its instructions",
  different: "What is different",
  approveAsItIs: "Approve as it is now",
} as const;
