import { loadConfig, type Config, type ConfigFlags, type Environment } from "../config.ts";
import { messageOf } from "../core/errors.ts";
import { readSettings } from "../settings.ts";
import { homeState } from "../store/home/lock.ts";
import { checkClock } from "./clock-check.ts";
import { checkDatabase } from "./database-check.ts";
import { checkDoor } from "./door-check.ts";
import { fail, type Check, type Diagnosis, type Patient } from "./diagnosis.ts";
import { checkDisk, checkHome } from "./home-check.ts";
import { checkEmbedding } from "./embedding-check.ts";
import { checkModel } from "./model-check.ts";
import { checkPort } from "./port-check.ts";
import { checkToolServers } from "./tool-servers-check.ts";
import { checkShell } from "./shell-check.ts";
import { checkNode, checkSchedulesFile, checkSettings, checkTools } from "./settings-check.ts";

/** In this order: what comes later often follows from what comes first. The model last, for it may take its time. */
const CHECKS: readonly (readonly [name: string, check: Check])[] = [
  ["node", checkNode],
  ["settings", checkSettings],
  ["home", checkHome],
  ["disk", checkDisk],
  ["database", checkDatabase],
  ["clock", checkClock],
  ["tools", checkTools],
  ["tool servers", checkToolServers],
  ["shell", checkShell],
  ["schedules-file", checkSchedulesFile],
  ["door", checkDoor],
  ["port", checkPort],
  ["model", checkModel],
  ["embedding", checkEmbedding],
];

export interface ExamineOptions {
  readonly fix: boolean;
  readonly offline: boolean;
}

/** Looks at a home and its machine from outside: with a server and without, and when the settings themselves are wrong. */
export async function* examine(
  environment: Environment,
  flags: ConfigFlags,
  options: ExamineOptions,
): AsyncGenerator<Diagnosis, void, undefined> {
  const settings = readSettings(environment, flags);
  const home = settings.home;
  const patient: Patient = {
    ...options,
    environment,
    home,
    settings,
    config: configOf(environment, flags),
    held: heldHome(home),
  };
  for (const [name, check] of CHECKS) {
    try {
      yield* check(patient);
    } catch (error) {
      // One check that breaks must not hide what the others find.
      yield fail(
        name,
        `this could not be looked at: ${messageOf(error)}`,
        "sparky doctor --json, and look into the log",
      );
    }
  }
}

function configOf(environment: Environment, flags: ConfigFlags): Config | null {
  try {
    return loadConfig(environment, flags);
  } catch {
    // What is wrong with which setting is said by the check of the settings.
    return null;
  }
}

function heldHome(home: string): boolean {
  try {
    return homeState(home).held;
  } catch {
    return false;
  }
}
