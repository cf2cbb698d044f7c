import { expect, test } from "vitest";
import { currentTime } from "./current-time.ts";
import { parseToolSettings, withSettings } from "./settings.ts";
import { hostShell } from "../../test/kit/host-shell.ts";

const tools = [currentTime, hostShell()];

test("the owner's word about a tool goes over the tool's own, and leaves the rest as it was", () => {
  const settings = parseToolSettings(
    `{"shell": {"policy": {"schedule": "deny"}, "onUnknown": "ask", "timeoutSeconds": 5, "idempotent": true}}`,
    "tools.json",
  );
  const [time, shell] = withSettings(tools, settings);
  expect(time).toBe(currentTime);
  expect(shell).toMatchObject({
    policy: { chat: "ask", task: "ask", schedule: "deny" },
    onUnknown: "ask",
    timeoutMs: 5000,
    idempotent: true,
    effect: "external",
  });
  expect(withSettings(tools, { shell: { policy: "allow" } })[1]?.policy).toEqual({
    chat: "allow",
    task: "allow",
    schedule: "allow",
  });
});

test.each([
  { what: "no JSON", text: "{", says: "tools.json is not JSON" },
  { what: "an unknown verdict", text: `{"shell": {"policy": "maybe"}}`, says: "tools.json: shell.policy" },
  { what: "an unknown setting", text: `{"shell": {"polcy": "ask"}}`, says: "polcy" },
  { what: "a time of zero", text: `{"shell": {"timeoutSeconds": 0}}`, says: "shell.timeoutSeconds" },
])("a file with $what is refused, and says where", ({ text, says }) => {
  expect(() => parseToolSettings(text, "tools.json")).toThrow(says);
});

test("a setting for a tool that does not exist is refused: it would protect nothing", () => {
  expect(() => withSettings(tools, { shel: { policy: "deny" } })).toThrow('no tool called "shel"');
});
