import { shorten } from "../../core/text.ts";

/** What an edit changed, as a unified diff. */

const CONTEXT = 3;
const MOST = 12_000;
/** Lines taken away and added before it is told as one block. */
const MOST_CHANGES = 2000;

/** `before` null: the file is new; `after` null: it is gone. */
export async function unifiedDiff(
  name: string,
  before: string | null,
  after: string | null,
  to = name,
): Promise<string> {
  const { structuredPatch, formatPatch } = await import("diff");
  const { lines, old, now } = changedPart(before ?? "", after ?? "");
  const options = { context: CONTEXT, maxEditLength: MOST_CHANGES };
  const patch = structuredPatch(
    before === null ? "/dev/null" : name,
    after === null ? "/dev/null" : to,
    old,
    now,
    "",
    "",
    options,
  );
  if (patch === undefined) return `--- ${name}\n+++ ${to}\n${count(old)} lines became ${count(now)}: too many to show`;
  const hunks = patch.hunks.map((hunk) => ({
    ...hunk,
    oldStart: hunk.oldStart + lines,
    newStart: hunk.newStart + lines,
  }));
  const text = formatPatch({ ...patch, hunks })
    .replace(/^Index:.*\n/, "")
    .replace(/^=+\n/, "")
    .replace(/^(---|\+\+\+ )(.*?)\t$/gm, "$1$2");
  return shorten(text.trimEnd(), MOST);
}

const count = (text: string): number => text.split("\n").length;

/** The two without the whole lines that they share at both ends, but for a few: a long file costs what was changed of it. */
function changedPart(before: string, after: string) {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let end = 0;
  while (end < most - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end))
    end++;
  for (let line = 0; line <= CONTEXT && start > 0; line++) start = before.lastIndexOf("\n", start - 1);
  start = Math.max(start + 1, 0) * (start > 0 ? 1 : 0);
  let [oldEnd, nowEnd] = [before.length - end, after.length - end];
  for (let line = 0; line <= CONTEXT && oldEnd < before.length; line++) {
    const next = before.indexOf("\n", oldEnd);
    const to = next === -1 ? before.length : next + 1;
    nowEnd += to - oldEnd;
    oldEnd = to;
  }
  return {
    lines: start === 0 ? 0 : count(before.slice(0, start)) - 1,
    old: before.slice(start, oldEnd),
    now: after.slice(start, nowEnd),
  };
}
