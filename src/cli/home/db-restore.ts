import { resolve } from "node:path";
import type { Context } from "../command/context.ts";
import { openHere } from "./data-place.ts";
import { megabytes, wrongIn } from "./db.ts";
import { readServerFile } from "../client/server-file.ts";
import { Failure, usage } from "../console/failure.ts";
import { EXIT, type ExitCode } from "../console/io.ts";

export type RestoreOptions = { yes?: true };

export async function dbRestore(context: Context, args: readonly string[], options: RestoreOptions): Promise<ExitCode> {
  const { io, out, deps } = context;
  const file = resolve(args[0] ?? "");
  const { home } = await context.config();
  const { held, pid, elsewhere } = await deps.homeState(home);
  const server = readServerFile(home);
  // Another command is waited for.
  if (held && server !== null && (pid ?? server.pid) === server.pid) {
    const who = elsewhere === true ? "a server in another container, or on another machine," : `process ${server.pid}`;
    const message = `${who} is using ${home}`;
    throw new Failure(EXIT.conflict, "conflict", message, "stop it with: sparky chat stop");
  }
  const data = await openHere(context);
  if (!options.yes && !io.stdinIsTerminal) {
    throw usage("restoring asks first, and there is no terminal to ask on", `sparky db restore ${args[0]} --yes`);
  }
  out.progress("… checking the backup");
  using prepared = await data.restore(file);
  out.progress(null);
  const { bytes, checked, findings, epoch } = prepared;
  if (findings.length > 0) {
    const [first] = findings;
    const message = `${file} is not sound: ${wrongIn(findings.length)}, such as: ${first?.what}`;
    throw new Failure(EXIT.error, "invalid_input", message, "choose another backup; nothing was changed");
  }
  if (!options.yes) {
    out.note(`${file} has ${checked.events} events of ${checked.chats} chats (${megabytes(bytes)}).`);
    out.note("Whatever came after it goes out of sight, and what it has as unfinished is worked on again.");
    const answer = await io.ask(`Put it in the place of ${data.place}? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) {
      out.note("Nothing was changed.");
      return EXIT.error;
    }
  }
  const kept = await prepared.swap();
  if (out.json) out.document({ restored: file, kept, epoch, checked });
  else {
    out.print(out.terminal ? `Restored ${file}` : data.place);
    if (kept !== null) out.note(`  the old database is kept: ${kept}`);
    out.note("  sign-ins, tokens and grants are not in a backup: everybody signs in anew");
    out.note("  start the server again: sparky chat start");
  }
  return EXIT.ok;
}
