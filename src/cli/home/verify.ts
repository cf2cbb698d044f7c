import { resolve } from "node:path";
import type { Checked, Finding, VerifyPage } from "../../wire/data.ts";
import type { Context } from "../command/context.ts";
import { openWhere } from "./data-place.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import type { Output } from "../console/output.ts";
import { oneLine, shortId } from "../console/text.ts";

export type VerifyOptions = { home?: string };

/** More places than anyone reads; the rest is counted. */
const MAX_KEPT = 1000;

export async function verify(context: Context, _args: readonly string[], options: VerifyOptions): Promise<ExitCode> {
  const { out } = context;
  const home = options.home === undefined ? undefined : resolve(options.home);
  const checked: { [name in keyof Checked]: number } = {
    chats: 0,
    events: 0,
    runs: 0,
    steps: 0,
    tasks: 0,
    blobs: 0,
    edges: 0,
    resumable: 0,
  };
  const findings: Finding[] = [];
  let wrong = 0;
  for await (const page of pages(context, home)) {
    for (const [name, count] of Object.entries(page.checked)) checked[name as keyof Checked] += count;
    wrong += page.findings.length;
    const kept = page.findings.slice(0, MAX_KEPT - findings.length);
    findings.push(...kept);
    if (!out.json) for (const finding of kept) show(out, finding);
    out.progress(`… ${checked.events} events of ${checked.chats} chats verified`);
  }
  out.progress(null);
  if (out.json) out.document({ ok: wrong === 0, wrong, checked, findings });
  else summarise(out, checked, wrong, findings.length);
  return wrong === 0 ? EXIT.ok : EXIT.error;
}

async function* pages(context: Context, home: string | undefined): AsyncGenerator<VerifyPage, void, undefined> {
  const where = await openWhere(context, home);
  if (where.kind === "home") return yield* where.data.verify();
  for (let next: string | null = null; ;) {
    const query: string = next === null ? "" : `?cursor=${encodeURIComponent(next)}`;
    const page = await where.client.request<VerifyPage>("GET", `/api/verify${query}`);
    yield page;
    next = page.next;
    if (next === null) return;
  }
}

function show(out: Output, { kind, chatId, seq, what, expected, found }: Finding): void {
  if (!out.terminal) {
    return out.print(
      [kind, chatId ?? "", seq ?? "", what, expected, found].map((cell) => oneLine(String(cell))).join("\t"),
    );
  }
  const place = [chatId === null ? [] : [`chat ${shortId(chatId)}`], seq === null ? [] : [`#${seq}`]].flat().join(" ");
  out.print(`${out.paint.red("✕")} ${place === "" ? "" : `${out.paint.dim(place)}  `}${oneLine(what)}`);
  out.print(`    expected ${oneLine(expected)}, found ${oneLine(found)}`);
}

function summarise(out: Output, checked: Checked, wrong: number, shown: number): void {
  const { resumable, ...counts } = checked;
  const looked = Object.entries(counts)
    .map(([name, count]) => `${count} ${count === 1 ? name.slice(0, -1) : name}`)
    .join(", ");
  if (wrong > shown) out.note(`  and ${wrong - shown} more`);
  if (resumable > 0) {
    out.note(
      `  ${resumable === 1 ? "1 run was" : `${resumable} runs were`} left in the middle: a server goes on with them`,
    );
  }
  const verdict = wrong === 0 ? "Nothing is wrong" : wrong === 1 ? "1 place is wrong" : `${wrong} places are wrong`;
  if (wrong === 0 && out.terminal) out.print(`${out.paint.green("✓")} ${verdict} in ${looked}`);
  else out.note(`${verdict} in ${looked}`);
}
