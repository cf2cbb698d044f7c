import {
  Ban,
  Check,
  Circle,
  CircleCheck,
  CirclePower,
  CircleX,
  Eye,
  Globe,
  Hand,
  LoaderCircle,
  Pencil,
  TriangleAlert,
  type LucideIcon,
} from "lucide-react";
import type { McpServer, ToolInfo } from "../../src/wire/mcp.ts";
import type { Skill } from "../../src/wire/skills.ts";
import { WORDS } from "../words/tools.tsx";

/** States of tools, servers and skills: always an icon, a word and a colour. */

interface Look {
  readonly icon: LucideIcon;
  readonly word: string;
  readonly colour: string;
}

export function Mark({ look: { icon: Icon, word, colour } }: { look: Look }) {
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium ${colour}`}>
      <Icon aria-hidden="true" className={`size-4 shrink-0 ${Icon === LoaderCircle ? "spin" : ""}`} />
      {word}
    </span>
  );
}

export const SERVER_LOOKS: Readonly<Record<McpServer["state"], Look>> = {
  idle: { icon: Circle, word: WORDS.serverStates.idle, colour: "text-muted" },
  starting: { icon: LoaderCircle, word: WORDS.serverStates.starting, colour: "text-live" },
  ready: { icon: CircleCheck, word: WORDS.serverStates.ready, colour: "text-good" },
  failed: { icon: CircleX, word: WORDS.serverStates.failed, colour: "text-bad" },
  disabled: { icon: CirclePower, word: WORDS.serverStates.disabled, colour: "text-muted" },
  invalid: { icon: TriangleAlert, word: WORDS.serverStates.invalid, colour: "text-bad" },
  sign_in_again: { icon: Hand, word: WORDS.serverStates.sign_in_again, colour: "text-warn" },
};

export const SKILL_LOOKS: Readonly<Record<Skill["state"], Look>> = {
  approved: { icon: CircleCheck, word: WORDS.skillStates.approved, colour: "text-good" },
  changed: { icon: Hand, word: WORDS.skillStates.changed, colour: "text-warn" },
  waiting: { icon: Hand, word: WORDS.skillStates.waiting, colour: "text-warn" },
  refused: { icon: Ban, word: WORDS.skillStates.refused, colour: "text-muted" },
  off: { icon: CirclePower, word: WORDS.skillStates.off, colour: "text-muted" },
  broken: { icon: TriangleAlert, word: WORDS.skillStates.broken, colour: "text-bad" },
};

export const skillPlace = (place: Skill["place"]): string => WORDS.skillPlaces[place];

export const EFFECT_LOOKS: Readonly<Record<ToolInfo["effect"], Look>> = {
  read: { icon: Eye, word: WORDS.effects.read, colour: "text-muted" },
  write: { icon: Pencil, word: WORDS.effects.write, colour: "text-live" },
  external: { icon: Globe, word: WORDS.effects.external, colour: "text-warn" },
};

type Verdict = ToolInfo["policy"]["chat"];

export const VERDICT_LOOKS: Readonly<Record<Verdict, Look>> = {
  allow: { icon: Check, word: WORDS.verdicts.allow, colour: "text-good" },
  ask: { icon: Hand, word: WORDS.verdicts.ask, colour: "text-warn" },
  deny: { icon: Ban, word: WORDS.verdicts.deny, colour: "text-bad" },
};

/** The strictest verdict of all origins, which calls it is for, and whether other origins have another. */
export function verdictLook({ policy, cases }: ToolInfo): Look {
  const all = [policy.chat, policy.task, policy.schedule];
  const strictest = all.includes("deny") ? "deny" : all.includes("ask") ? "ask" : "allow";
  const look = VERDICT_LOOKS[strictest];
  const kinds = cases.filter((each) => Object.values(each.policy).includes(strictest));
  const word = WORDS.verdictFor(look.word, kinds.length < cases.length ? kinds.map(({ when }) => when) : []);
  return { ...look, word: new Set(all).size === 1 ? word : WORDS.inPart(word) };
}

/** The verdicts for runs of one origin: several where they depend on what is asked for, each with the kind of calls. */
export function verdictLooks({ policy, cases }: ToolInfo, origin: keyof ToolInfo["policy"]): readonly Look[] {
  const isOne = cases.every((each) => each.policy[origin] === policy[origin]);
  if (isOne) return [VERDICT_LOOKS[policy[origin]]];
  return cases.map((each) => {
    const look = VERDICT_LOOKS[each.policy[origin]];
    return { ...look, word: WORDS.verdictFor(look.word, [each.when]) };
  });
}
