import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { resultRead } from "../builtin-tools/result-read.ts";
import { isSparkyError, messageOf } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { readEnvText } from "../core/env-file.ts";
import { readNamedFile } from "../named-file.ts";
import { graphTools } from "../builtin-tools/graph.ts";
import { factTools } from "../builtin-tools/memory/facts.ts";
import { recallTool } from "../builtin-tools/recall.ts";
import type { Store, Tx } from "../store/database/store.ts";
import { scheduleTools } from "../builtin-tools/schedules.ts";
import { taskCancel, taskTools } from "../builtin-tools/tasks.ts";
import { parseRoots } from "../tools/files/roots.ts";
import { fileTools } from "../tools/files/tools.ts";
import { generalTools } from "../tools/general.ts";
import { parseToolSettings, withSettings } from "../tools/settings.ts";
import { webTools } from "../tools/web/web-tools.ts";
import { Sandbox } from "../tools/shell/sandbox.ts";
import { shellTools } from "../tools/shell/tools.ts";
import { placeWords, readSchedulesFile } from "../wire/schedules-file.ts";
import { fail, ok, warn, type Diagnosis, type Patient } from "./diagnosis.ts";

const LEAST_NODE = 24;

export function* checkNode(): Generator<Diagnosis> {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= LEAST_NODE) yield ok("node", `Node ${process.versions.node}`);
  else yield fail("node", `Node ${process.versions.node} is too old`, `install Node ${LEAST_NODE} or newer`);
}

export function* checkSettings({ settings, config }: Patient): Generator<Diagnosis> {
  const { items, problem, file } = settings;
  if (problem !== null) yield fail("settings", problem, `edit ${file}`);
  const wrong = items.filter((setting) => setting.problem !== null);
  for (const { name, problem: what, file: where } of wrong) {
    const remedy =
      where === file ? `sparky config set ${name}` : `change ${name} ${where ? `in ${where}` : "in the environment"}`;
    yield fail("settings", what ?? "", remedy);
  }
  if (config === null) {
    const what = "so the database, the port and the model were not looked at";
    yield warn("settings", what, "put the settings right, then: sparky doctor");
  }
  const unknown =
    problem === null
      ? unknownNames(
          file,
          items.map(({ name }) => name),
        )
      : [];
  for (const { name, line } of unknown) {
    const near = nearest(
      name,
      items.map((setting) => setting.name),
    );
    const meant = near === null ? "see: sparky help environment" : `did you mean ${near}? Edit ${file}`;
    yield warn("settings", `line ${line} of ${file} sets ${name}, which is no setting`, meant);
  }
  if (problem !== null || wrong.length > 0 || unknown.length > 0) return;
  const set = items.filter(({ origin }) => origin !== "default").length;
  yield ok("settings", `${set} of ${items.length} are set, none is wrong`);
}

/** Somebody's own variables may stand in the file too: only what looks like one of ours is told. */
function unknownNames(file: string, known: readonly string[]) {
  if (!existsSync(file)) return [];
  const { entries } = readEnvText(readNamedFile(file));
  return entries.filter(
    ({ name }) => !known.includes(name) && (name.startsWith("SPARKY_") || nearest(name, known) !== null),
  );
}

export function* checkTools({ home }: Patient): Generator<Diagnosis> {
  const path = join(home, "tools.json");
  if (!existsSync(path)) return yield ok("tools", "no tools.json: every tool as it comes");
  // Only names are asked of these tools; none is run.
  const nowhere = {} as Store;
  const web = webTools(
    { reach: { allowed: [], ownPort: () => 0 }, proxies: { http: null, https: null, none: [] }, userAgent: "" },
    { searxng: null, braveKey: null, tavilyKey: null, exaKey: null },
  );
  const noSandbox = new Sandbox({ mode: "off", hidden: [], environment: {} });
  const tools = [
    ...generalTools,
    ...fileTools([]),
    ...graphTools(nowhere),
    recallTool(nowhere),
    ...factTools(nowhere),
    ...taskTools(nowhere),
    taskCancel(nowhere, () => Promise.resolve()),
    ...scheduleTools(nowhere),
    resultRead,
    ...web,
    ...shellTools({ environment: {}, sandbox: noSandbox }),
  ];
  try {
    const text = readNamedFile(path);
    const settings = parseToolSettings(text, path);
    parseRoots(text, path, { home, owner: "" });
    withSettings<Tx>(tools, settings);
    yield ok("tools", `tools.json says something of ${Object.keys(settings).length} tools`);
  } catch (error) {
    const hint = isSparkyError(error) ? error.hint : undefined;
    yield fail("tools", messageOf(error), hint ?? `edit ${path}`);
  }
}

export async function* checkSchedulesFile({ config }: Patient): AsyncGenerator<Diagnosis> {
  if (config === null || config.schedulesFile === null) return;
  const file = resolve(config.schedulesFile);
  let text: string;
  try {
    text = readNamedFile(file);
  } catch (error) {
    const [why, hint] = isSparkyError(error)
      ? [error.message, error.hint]
      : [`${file} cannot be read: ${messageOf(error)}`];
    yield fail("schedules-file", why, hint ?? "check SPARKY_SCHEDULES_FILE");
    return;
  }
  const { entries, problems } = await readSchedulesFile(text, config.pollIntervalMs / 1000);
  for (const problem of problems) yield fail("schedules-file", placeWords(file, problem), `edit ${file}`);
  if (problems.length === 0) yield ok("schedules-file", `${file} has ${entries.length} schedules`);
}
