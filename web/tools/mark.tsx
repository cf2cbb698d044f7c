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
  idle: { icon: Circle, word: "Not started", colour: "text-muted" },
  starting: { icon: LoaderCircle, word: "Starting…", colour: "text-live" },
  ready: { icon: CircleCheck, word: "Ready", colour: "text-good" },
  failed: { icon: CircleX, word: "Failed", colour: "text-bad" },
  disabled: { icon: CirclePower, word: "Off", colour: "text-muted" },
  invalid: { icon: TriangleAlert, word: "Cannot be used", colour: "text-bad" },
  sign_in_again: { icon: Hand, word: "Sign in again", colour: "text-warn" },
};

export const SKILL_LOOKS: Readonly<Record<Skill["state"], Look>> = {
  approved: { icon: CircleCheck, word: "Approved", colour: "text-good" },
  changed: { icon: Hand, word: "Changed: waits for a yes", colour: "text-warn" },
  waiting: { icon: Hand, word: "Waits for a yes", colour: "text-warn" },
  refused: { icon: Ban, word: "Kept refused", colour: "text-muted" },
  off: { icon: CirclePower, word: "Off", colour: "text-muted" },
  broken: { icon: TriangleAlert, word: "Cannot be read", colour: "text-bad" },
};

export const EFFECT_LOOKS: Readonly<Record<ToolInfo["effect"], Look>> = {
  read: { icon: Eye, word: "Only looks", colour: "text-muted" },
  write: { icon: Pencil, word: "Changes things here", colour: "text-live" },
  external: { icon: Globe, word: "Acts outside", colour: "text-warn" },
};

type Verdict = ToolInfo["policy"]["chat"];

export const VERDICT_LOOKS: Readonly<Record<Verdict, Look>> = {
  allow: { icon: Check, word: "Runs unasked", colour: "text-good" },
  ask: { icon: Hand, word: "Asks first", colour: "text-warn" },
  deny: { icon: Ban, word: "Not allowed", colour: "text-bad" },
};

/** The strictest verdict of all origins, and whether the others have another. */
export function verdictLook({ policy }: ToolInfo): Look {
  const all = [policy.chat, policy.task, policy.schedule];
  const strictest = all.includes("deny") ? "deny" : all.includes("ask") ? "ask" : "allow";
  const look = VERDICT_LOOKS[strictest];
  return new Set(all).size === 1 ? look : { ...look, word: `${look.word}, in part` };
}
