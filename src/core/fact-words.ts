import type { EventOf } from "./events.ts";

/** What has become of something that is remembered, in one line. */
export function factWords({ change, text, by }: EventOf<"fact">["data"]): string {
  const what = text === undefined ? "" : `: ${text}`;
  switch (change) {
    case "added":
      return `Remembered${what}`;
    case "confirmed":
      return `Remembered already, and said again${what}`;
    case "proposed":
      return `Proposed to be remembered, until a person confirms it${what}`;
    case "superseded":
      return `No longer so, and kept with its time${what}`;
    case "retired":
      return `Put aside${what}`;
    case "forgotten":
      return `Forgotten${by === undefined ? "" : `, as ${by} asked`}`;
  }
}
