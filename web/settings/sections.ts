import {
  Activity,
  Bell,
  Bot,
  CircleUser,
  Clock,
  Info,
  KeyRound,
  ListFilter,
  Palette,
  ScrollText,
  Users,
  type LucideIcon,
} from "lucide-react";
import { WORDS } from "../words/settings.tsx";

/** The parts of the settings, each at an address of its own; `more`: other words by which the palette finds it. */
export interface SettingsSection {
  readonly id: string;
  readonly word: string;
  readonly more: string;
  readonly icon: LucideIcon;
}

export const SECTIONS = [
  { id: "profile", ...WORDS.sections.profile, icon: CircleUser },
  { id: "sign-in", ...WORDS.sections["sign-in"], icon: KeyRound },
  { id: "look", ...WORDS.sections.look, icon: Palette },
  { id: "time", ...WORDS.sections.time, icon: Clock },
  { id: "events", ...WORDS.sections.events, icon: ListFilter },
  { id: "notifications", ...WORDS.sections.notifications, icon: Bell },
  { id: "models", ...WORDS.sections.models, icon: Bot },
  { id: "tokens", ...WORDS.sections.tokens, icon: KeyRound },
  { id: "people", ...WORDS.sections.people, icon: Users },
  { id: "work", ...WORDS.sections.work, icon: Activity },
  { id: "audit", ...WORDS.sections.audit, icon: ScrollText },
  { id: "about", ...WORDS.sections.about, icon: Info },
] as const satisfies readonly SettingsSection[];
