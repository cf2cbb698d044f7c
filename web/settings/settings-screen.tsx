import { Link, useParams } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { Audit } from "../audit/audit.tsx";
import { People } from "../people/people.tsx";
import { RunningWork } from "../people/work.tsx";
import { Tokens } from "../tokens/tokens.tsx";
import { Empty } from "../ui/notice.tsx";
import { fadeWhereCut } from "../ui/fades.ts";
import { inView } from "../ui/in-view.ts";
import { Screen } from "../ui/screen.tsx";
import { About } from "./about.tsx";
import { Appearance } from "./appearance.tsx";
import { Events } from "./events.tsx";
import { Models } from "./models.tsx";
import { NotificationSettings } from "./notifications.tsx";
import { Profile } from "./profile.tsx";
import { SECTIONS } from "./sections.ts";
import { SignIn } from "./sign-in.tsx";
import { TimeSettings } from "./time-settings.tsx";
import { WORDS } from "../words/settings.tsx";

const PARTS: Readonly<Record<(typeof SECTIONS)[number]["id"], ComponentType>> = {
  profile: Profile,
  "sign-in": SignIn,
  look: Appearance,
  time: TimeSettings,
  events: Events,
  notifications: NotificationSettings,
  models: Models,
  tokens: Tokens,
  people: People,
  work: RunningWork,
  audit: Audit,
  about: About,
};

/** What a person prefers: the parts beside it on a wide page, above it on a narrow one. */
export function SettingsScreen() {
  const { section = "profile" } = useParams({ strict: false });
  const found = SECTIONS.find(({ id }) => id === section);
  if (found === undefined) {
    return (
      <Empty isPage title={WORDS.noSuch}>
        <Link to="/settings" className="text-accent underline">
          {WORDS.all}
        </Link>
      </Empty>
    );
  }
  const Part = PARTS[found.id];
  return (
    <Screen title={WORDS.windowTitle(found.word)}>
      <div className="max-w-4xl">
        <h1 className="text-base font-semibold">{WORDS.title}</h1>
        <div className="mt-2 flex flex-col gap-4 sm:flex-row sm:gap-8">
          <nav
            aria-label={WORDS.title}
            ref={fadeWhereCut}
            className="fades flex shrink-0 gap-1 overflow-x-auto py-1 sm:w-44 sm:flex-col sm:overflow-visible"
          >
            {SECTIONS.map(({ id, word, icon: Icon }) => (
              <Link
                key={id}
                ref={id === found.id ? inView : undefined}
                to="/settings/$section"
                params={{ section: id }}
                aria-current={id === found.id ? "page" : undefined}
                className={`tap flex shrink-0 items-center gap-2 rounded-md px-2 py-1.5 text-sm font-medium whitespace-nowrap ${id === found.id ? "bg-accent-soft text-accent" : "text-muted hover:bg-sunken hover:text-ink"}`}
              >
                <Icon aria-hidden="true" className="size-4 shrink-0" />
                {word}
              </Link>
            ))}
          </nav>
          <section aria-labelledby="settings-part" className="min-w-0 flex-1 pb-8 sm:pt-2">
            <h2 id="settings-part" className="font-semibold">
              {found.word}
            </h2>
            <div className="mt-3 flex flex-col gap-4">
              <Part />
            </div>
          </section>
        </div>
      </div>
    </Screen>
  );
}
