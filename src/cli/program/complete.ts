import type { Deps, Name, NameKind } from "../deps.ts";
import type { Io } from "../console/io.ts";
import { cut, pad, widthOf } from "../console/columns.ts";
import { oneLine } from "../console/text.ts";

/** Answers a shell in which somebody pressed Tab: candidates on stdout, and never an error, a question or a wait. */

/** Whoever pressed Tab sooner types the rest than waits longer. */
const PATIENCE_MS = 1000;
const HINT = 60;

export async function complete(args: readonly string[], io: Io, deps: Deps): Promise<void> {
  const late = new AbortController();
  try {
    const answer = await Promise.race([
      linesFor(args, io, deps),
      io.sleep(PATIENCE_MS, late.signal).then((): readonly string[] => []),
    ]);
    if (answer.length > 0) io.stdout.write(`${answer.join("\n")}\n`);
  } catch {
    // A shell's line is no place to say why: the command itself will.
  } finally {
    late.abort();
  }
}

async function linesFor([shell = "", ...rest]: readonly string[], io: Io, deps: Deps): Promise<readonly string[]> {
  if (shell === "bash") {
    const [type = "", piece = "", line = ""] = rest;
    const words = (await import("../console/shell-words.ts")).shellWords(line);
    const found = await candidates(words.slice(1), deps);
    if (typeof found === "string") return [found];
    // Bash puts what it gets in the place of a piece of the word: = and : part it.
    const kept = (words.at(-1) ?? "").length - piece.length;
    const pieces = found.map((each) => ({ ...each, value: each.value.slice(Math.max(kept, 0)) }));
    // Menus insert what they are given, so there is room for hints only in a list to look at.
    const insert = pieces.length === 1 || ["37", "42"].includes(type);
    return insert ? pieces.map(({ value }) => quoted(value)) : listed(pieces, Number(io.env["COLUMNS"]) || 100);
  }
  const found = await candidates(rest, deps);
  if (typeof found === "string") return [found];
  return found.map(({ value, hint }) => (hint === "" ? value : `${value}\t${cut(hint, HINT)}`));
}

const quoted = (value: string): string => value.replace(/[^\w@%+=:,./~-]/gu, "\\$&");

function listed(names: readonly Name[], columns: number): readonly string[] {
  const width = Math.max(...names.map(({ value }) => widthOf(value)), 0);
  return names.map(({ value, hint }) =>
    hint === "" ? value : cut(`${pad(value, width)}  (${hint})`, Math.min(Math.max(columns - 2, 40), width + HINT)),
  );
}

/** What fits, or `:files` and the like, when the shell itself knows. */
async function candidates(words: readonly string[], deps: Deps): Promise<readonly Name[] | string> {
  const [{ buildProgram }, { wantedIn }] = await Promise.all([import("./program.ts"), import("./complete-words.ts")]);
  const {
    before,
    part,
    words: known,
    source,
  } = wantedIn(
    buildProgram(async () => {}),
    words,
  );
  if (source === "files" || source === "folders") return `:${source}`;
  const found = source === null ? [] : await namesFrom(source, part, deps);
  return [...known, ...found]
    .filter(({ value }) => value.startsWith(part))
    .map(({ value, hint }) => ({ value: before + value, hint: oneLine(hint) }));
}

async function namesFrom(
  source: NameKind | "settings" | "zones" | "prompts",
  part: string,
  deps: Deps,
): Promise<readonly Name[]> {
  if (source === "zones") return Intl.supportedValuesOf("timeZone").map((value) => ({ value, hint: "" }));
  if (source === "settings") {
    return (await deps.settings({})).items.map(({ name, allowed }) => ({ value: name, hint: allowed }));
  }
  const config = await deps.loadConfig({});
  // Prompts are files and what servers offer: only who serves them knows them.
  if (source !== "prompts" && config.url === null && config.dbUrl === null) return deps.names(source, part);
  const [{ currentEndpoint }, { networkClient }] = await Promise.all([
    import("../client/connect.ts"),
    import("../client/client.ts"),
  ]);
  const endpoint = await currentEndpoint(deps, config);
  if (endpoint === null) return [];
  const { namesOver, promptsOver } = await import("./complete-names.ts");
  const client = networkClient(endpoint);
  return source === "prompts" ? promptsOver(client) : namesOver(client, source, part);
}
