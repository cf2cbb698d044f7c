import { expect, test } from "vitest";
import { page, withGenerated } from "../docs/pages.ts";
import type { Comes, Quirk } from "./quirk.ts";
import { CALLS } from "./rows/calls.ts";
import { ENDS } from "./rows/ends.ts";
import { ERRORS } from "./rows/errors.ts";
import { REFUSED } from "./rows/refusals.ts";
import { STREAMS } from "./rows/streams.ts";
import { TAGS } from "./rows/tags.ts";
import { USAGES } from "./rows/usages.ts";
import { WAITS } from "./rows/waits.ts";
import { WINDOWS } from "./rows/windows.ts";
import { WIRE_NAMES } from "./wires.ts";

/** In the order of the page. */
const GROUPS: readonly (readonly [title: string, quirks: readonly Quirk[]])[] = [
  ["Tool calls", CALLS],
  ["Ends of an answer", ENDS],
  ["A full window", WINDOWS],
  ["Refusals of a part of the request", REFUSED],
  ["Streams", STREAMS],
  ["Errors", ERRORS],
  ["Waits", WAITS],
  ["Usage and limits", USAGES],
  ["Thoughts and calls as text", TAGS],
];

test("the reference has every quirk that is replayed, and no other", async () => {
  const providers = page("docs/reference/providers.md");
  const content = GROUPS.map(([title, quirks]) => [`## ${title}`, table(quirks)].join("\n\n")).join("\n\n");
  await expect(withGenerated(providers, "quirks", content)).toMatchFileSnapshot(providers.path);
  expect(GROUPS.flatMap(([, quirks]) => quirks).length).toBeGreaterThan(80);
});

function table(quirks: readonly Quirk[]): string {
  const rows = quirks.map(({ what, on, comes }) => {
    const wires = on === undefined || on.length === WIRE_NAMES.length ? "every one" : on.join(", ");
    return `| ${cell(what)} | ${wires} | ${outcome(comes)} |`;
  });
  return ["| A server sends | In | Then |", "| --- | --- | --- |", ...rows].join("\n");
}

/** No code in it and no bar: both mean something in a table. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "\\<").replaceAll("`", "'");
}

function outcome({ state, requests, waits, errors }: Comes): string {
  const asked = requests === undefined || requests === 1 ? "" : ` after ${requests} requests`;
  const waited = waits === undefined ? "" : `, waiting ${waits.map((ms) => `${ms / 1000} s`).join(", ")}`;
  const told = errors === undefined || errors.length === 0 ? "" : `; told as ${[...new Set(errors)].join(", ")}`;
  const atOnce = requests === 0 ? "fails before it asks" : "fails at once";
  const how =
    state === "failed" ? (requests !== undefined && requests < 2 ? atOnce : `fails${asked}`) : `is answered${asked}`;
  return `${how}${waited}${told}`;
}
