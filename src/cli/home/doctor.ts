import type { Context } from "../command/context.ts";
import type { Diagnosis } from "../deps.ts";
import { checkServer } from "./doctor-server.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import type { Output } from "../console/output.ts";
import { oneLine } from "../console/text.ts";

export type DoctorOptions = { fix?: true; offline?: true; envFile?: string };

export async function doctor(context: Context, _args: readonly string[], options: DoctorOptions): Promise<ExitCode> {
  const { out, deps } = context;
  const items: Diagnosis[] = [];
  const flags = options.envFile === undefined ? {} : { envFile: options.envFile };
  const found = deps.examine(flags, { fix: options.fix === true, offline: options.offline === true });
  out.progress("… looking");
  for await (const diagnosis of all([found, checkServer(context)])) {
    items.push(diagnosis);
    if (!out.json) show(out, diagnosis);
    out.progress("… looking");
  }
  out.progress(null);
  const of = (state: Diagnosis["state"]): number => items.filter((item) => item.state === state).length;
  const [failed, warned] = [of("fail"), of("warn")];
  if (out.json) out.document({ ok: failed === 0, failed, warned, items });
  else if (out.terminal) {
    const parts = [failed === 0 ? [] : [`${failed} wrong`], warned === 0 ? [] : [`${warned} to look at`]].flat();
    out.note(parts.length === 0 ? "Nothing is wrong." : parts.join(", "));
  }
  return failed === 0 ? EXIT.ok : EXIT.error;
}

async function* all<T>(parts: readonly AsyncIterable<T>[]): AsyncGenerator<T, void, undefined> {
  for (const part of parts) yield* part;
}

function show(out: Output, { check, state, what, remedy, fixed }: Diagnosis): void {
  const { green, yellow, red, dim } = out.paint;
  if (!out.terminal) {
    return out.print([fixed ? "fixed" : state, check, what, remedy ?? ""].map(oneLine).join("\t"));
  }
  const mark = fixed ? green("✓ fixed") : { ok: green("✓"), warn: yellow("!"), fail: red("✕") }[state];
  out.print(`${mark} ${check.padEnd(9)}  ${oneLine(what)}`);
  if (remedy !== null) out.print(`  ${dim("try:")} ${oneLine(remedy)}`);
}
