import { useState } from "react";
import { permission, showOutside } from "../notifications/outside.ts";
import { playTone } from "../notifications/tone.ts";
import { Button } from "../ui/button.tsx";
import { Choices } from "../ui/field.tsx";
import { Problem } from "../ui/notice.tsx";
import { usePreferences, useSetPreferences } from "./preferences.ts";
import { SettingSwitch } from "./setting-switch.tsx";
import { WORDS } from "../words/settings.tsx";

const NIGHT = "22:00-07:00";

export function NotificationSettings() {
  const preferences = usePreferences();
  const change = useSetPreferences();
  const [allowed, setAllowed] = useState(permission());
  const quiet = preferences["notify.quiet"];
  const [from = "22:00", to = "07:00"] = (quiet === "off" ? NIGHT : quiet).split("-");
  const setBrowser = async (isOn: boolean): Promise<void> => {
    if (isOn && allowed === "default") setAllowed(await Notification.requestPermission());
    change.mutate({ "notify.browser": isOn });
  };
  const test = (): void => {
    if (preferences["notify.sound"]) playTone();
    showOutside({ title: "Sparky", text: WORDS.example }, "test", () => undefined);
  };
  const time = "tap rounded-md border border-line-strong bg-page px-2 py-1 text-base md:text-body";
  return (
    <>
      <p className="text-sm text-muted">{WORDS.whenTold}</p>
      <ul className="divide-y divide-line border-y border-line">
        <SettingSwitch
          label={WORDS.inPage}
          isOn={preferences["notify.page"]}
          onChange={(isOn) => change.mutate({ "notify.page": isOn })}
        />
        <SettingSwitch
          label={WORDS.byBrowser}
          more={WORDS.allowed[allowed]}
          isOn={preferences["notify.browser"]}
          onChange={(isOn) => void setBrowser(isOn)}
        />
        <SettingSwitch
          label={WORDS.withSound}
          isOn={preferences["notify.sound"]}
          onChange={(isOn) => change.mutate({ "notify.sound": isOn })}
        />
        <SettingSwitch
          label={WORDS.quietHours}
          more={WORDS.quietMeans}
          isOn={quiet !== "off"}
          onChange={(isOn) => change.mutate({ "notify.quiet": isOn ? NIGHT : "off" })}
        />
      </ul>
      {quiet !== "off" && (
        <div className="flex flex-wrap items-center gap-3 text-sm">
          <label className="flex items-center gap-2">
            {WORDS.from}
            <input
              type="time"
              className={time}
              value={from}
              onChange={({ target }) =>
                target.value !== "" && change.mutate({ "notify.quiet": `${target.value}-${to}` })
              }
            />
          </label>
          <label className="flex items-center gap-2">
            {WORDS.to}
            <input
              type="time"
              className={time}
              value={to}
              onChange={({ target }) =>
                target.value !== "" && change.mutate({ "notify.quiet": `${from}-${target.value}` })
              }
            />
          </label>
        </div>
      )}
      <Choices
        id="finished"
        label={WORDS.finished}
        value={preferences["notify.finished"]}
        words={WORDS.finishedChoices}
        onChange={(finished) => change.mutate({ "notify.finished": finished })}
      />
      <div className="flex flex-wrap gap-2">
        {preferences["notify.browser"] && allowed === "default" && (
          <Button onClick={() => void setBrowser(true)}>{WORDS.allowHere}</Button>
        )}
        <Button onClick={test}>{WORDS.tryIt}</Button>
      </div>
      <Problem error={change.error} />
    </>
  );
}
