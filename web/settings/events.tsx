import { EVENT_KINDS } from "../../src/core/event-filter.ts";
import { showsAll, useEventFilter, useShowAll } from "../thread/event-filter.ts";
import { Button } from "../ui/button.tsx";
import { CommandLine, Problem } from "../ui/notice.tsx";
import { SettingSwitch } from "./setting-switch.tsx";
import { useSetPreferences } from "./preferences.ts";
import { WORDS } from "../words/settings.tsx";

/** Which events of chats are shown: in every browser, and at the terminal. */
export function Events() {
  const filter = useEventFilter();
  const change = useSetPreferences();
  const showAll = useShowAll();
  return (
    <>
      <p className="text-sm text-muted">{WORDS.whatEventsAre}</p>
      <ul className="divide-y divide-line border-y border-line">
        {EVENT_KINDS.map((kind) => (
          <SettingSwitch
            key={kind}
            label={WORDS.events[kind].word}
            more={WORDS.events[kind].more}
            isOn={filter[kind]}
            onChange={(isOn) => change.mutate({ [`events.${kind}`]: isOn })}
          />
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => showAll(false)}>{WORDS.usualEvents}</Button>
        <Button disabled={showsAll(filter)} onClick={() => showAll(true)}>
          {WORDS.everyEvent}
        </Button>
      </div>
      <Problem error={change.error} />
      <div>
        <p className="text-sm text-muted">{WORDS.once}</p>
        <CommandLine command="sparky watch --events all" />
      </div>
    </>
  );
}
