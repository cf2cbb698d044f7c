import { Choices } from "../ui/field.tsx";
import { clockOf } from "../ui/clock.ts";
import { Problem } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { usePreferences, useSetPreferences } from "./preferences.ts";
import { WORDS } from "../words/settings.tsx";

/** Not every browser lists it. */
const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

export function TimeSettings() {
  const preferences = usePreferences();
  const change = useSetPreferences();
  const now = useNow(1000);
  const zone = preferences["time.zone"];
  const example = (hours: "locale" | "12" | "24"): string =>
    clockOf({ "time.clock": hours, "time.zone": zone }).time.format(now);
  const device = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <>
      <Choices
        id="clock"
        label={WORDS.clock}
        value={preferences["time.clock"]}
        words={{
          locale: WORDS.clockOfDevice(example("locale")),
          "12": WORDS.clock12(example("12")),
          "24": WORDS.clock24(example("24")),
        }}
        onChange={(clock) => change.mutate({ "time.clock": clock })}
      />
      <div className="flex max-w-sm flex-col gap-1">
        <label htmlFor="zone" className="text-sm font-medium">
          {WORDS.zone}
        </label>
        <select
          id="zone"
          value={zone}
          onChange={({ target }) => change.mutate({ "time.zone": target.value })}
          className="tap w-full rounded-md border border-line-strong bg-page px-2 py-1.5 text-base md:text-body"
        >
          <option value="device">{WORDS.zoneOfDevice(device)}</option>
          {[...new Set([...(zone === "device" ? [] : [zone]), ...ZONES])].map((each) => (
            <option key={each} value={each}>
              {each.replaceAll("_", " ")}
            </option>
          ))}
        </select>
        <p className="text-xs text-muted">{WORDS.now(clockOf(preferences).full.format(now))}</p>
      </div>
      <Problem error={change.error} />
    </>
  );
}
