import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { Deps } from "../../src/cli/deps.ts";
import { loadConfig } from "../../src/config.ts";
import { graphTools } from "../../src/builtin-tools/graph.ts";
import { changeSetting, readSettings } from "../../src/settings.ts";
import { openData } from "../../src/store/home/data.ts";
import { examine } from "../../src/doctor/examine.ts";
import { namesIn } from "../../src/store/home/names.ts";
import { writePrivate } from "../../src/store/home/home.ts";
import { forceCancel } from "../../src/store/endings/stop.ts";
import type { SkillRoots } from "../../src/skills/places.ts";
import type { Store } from "../../src/store/database/store.ts";
import { cancelTask } from "../../src/store/tasks/change.ts";
import type { User } from "../../src/store/people/user.ts";
import { startAgent } from "../kit/agent.ts";
import { chatServer } from "../kit/chat-server.ts";
import { testClock } from "../kit/clock.ts";
import { sqlite } from "../kit/databases.ts";
import { scriptedModel, type Step } from "../kit/scripted-model.ts";
import { tempHome } from "../kit/temp-home.ts";
import { sparky, type Outcome } from "./scripted-cli.ts";
import { NOW, readableIds } from "./seeded-home.ts";

/** Runs command lines on a copy of the seeded home, each on a fresh one, through the real app. */

export interface Line {
  /** What follows the command's own words. */
  readonly args?: readonly string[];
  /** A server runs; else the app is in the command's process. */
  readonly server?: true;
  /** What its agent's model says, step by step: the server runs the agent loop. */
  readonly agent?: readonly Step[];
  /** What a person types when asked; without it stdin is no terminal. */
  readonly answer?: string;
  /** Ctrl-C is pressed once this is on the screen. */
  readonly until?: string;
  /** Instead of the owner's token. */
  readonly token?: string;
  /** Settings beside the home. */
  readonly env?: { readonly [name: string]: string };
}

export type Form = "terminal" | "pipe" | "json";

const PID = 4242;
const URL_SHOWN = "http://127.0.0.1:8000";
const ROOT = join(import.meta.dirname, "../..");
const HOME_SHOWN = "/home/ada/.sparky";

export async function runLine(seeded: string, path: readonly string[], line: Line, form: Form): Promise<Outcome> {
  const home = await tempHome();
  await cp(seeded, home, { recursive: true });
  const ids = readableIds();
  ids.from("n3w0");
  const place = { kind: "sqlite", file: join(home, "sparky.db") } as const;
  const listens = line.server === true || line.agent !== undefined;
  let url: string | null = null;
  // Opened only by what needs it: a database that is restored must be nobody's.
  const open = async () => {
    const store = await sqlite.open(place, { clock: testClock(NOW), random: ids.random, node: "home" });
    return { store, chat: await chatServer(store, { version: "0.1.0", agentLoop: line.agent !== undefined, skillRoots: skillRoots(home) }) };
  };
  if (listens) {
    const { store, chat } = await open();
    url = await chat.listen();
    writePrivate(join(home, "token"), line.token ?? (await chat.token(chat.people.owner)));
    const startedAt = new Date(NOW - 3_600_000).toISOString();
    writePrivate(join(home, "server.json"), JSON.stringify({ url, pid: PID, startedAt, version: "0.1.0" }));
    if (line.agent !== undefined) {
      await endOpenWork(store, chat.people.owner);
      await startAgent(store, { model: scriptedModel(line.agent, { id: "demo", provider: "demo" }), tools: graphTools(store) });
    }
  }
  const env = { SPARKY_HOME: home, ...line.env };
  const deps: Deps = {
    version: "0.1.0",
    loadConfig: async (flags) => loadConfig(env, flags),
    homeState: async () => (listens ? { held: true, pid: PID } : { held: false }),
    names: (kind, prefix) => namesIn(join(home, "sparky.db"), kind, prefix),
    examine: (flags, options) => examine({ SPARKY_PORT: "0", ...env }, flags, options),
    settings: async (flags) => readSettings(env, flags),
    changeSetting: (name, value) => changeSetting(env, name, value),
    async openApp() {
      const { store, chat } = await open();
      const { server, people } = chat;
      return {
        fetch: (request) => server.fetch(request, { viewer: people.owner }),
        close: async () => (await server.close(), store[Symbol.asyncDispose]()),
      };
    },
    openData: async (folder) => openData(folder ?? home, null),
    startServer: () => Promise.reject(new Error("no server is started here")),
  };
  const argv = [...path, ...(line.args ?? []).map((arg) => arg.replaceAll(HOME_SHOWN, home)), ...(form === "json" ? ["--json"] : [])];
  const outcome = await sparky(argv, {
    terminal: form === "terminal",
    deps,
    ...(line.answer !== undefined && { answer: line.answer }),
    ...(line.until !== undefined && { interruptAt: line.until }),
  });
  const same = (text: string): string => masked(text.replaceAll(home, HOME_SHOWN).replaceAll(ROOT, "/opt/sparky").replaceAll(url ?? URL_SHOWN, URL_SHOWN));
  return { ...outcome, stdout: same(outcome.stdout), stderr: same(outcome.stderr) };
}

const skillRoots = (home: string): SkillRoots => ({
  home: join(home, "skills"),
  personal: join(home, "none"),
  shipped: join(ROOT, "skills"),
  workspaces: join(home, "workspace"),
});

/** So that the agent has nothing to do but what the command gives it. */
async function endOpenWork(store: Store, owner: User): Promise<void> {
  // The newest first: what waits for another would fail with it.
  const open = await store.db
    .selectFrom("tasks")
    .select("id")
    .where("finished_at", "is", null)
    .orderBy("created_at", "desc")
    .execute();
  for (const { id } of open) {
    const { runId } = await cancelTask(store, owner, id);
    if (runId !== null) await forceCancel(store, runId);
  }
}

/** What is new each time: a restored database's epoch, and the moment that the old one's name tells. */
function masked(text: string): string {
  return text
    .replace(/"epoch":"(?!ep0c)\w{20}"/g, '"epoch":"(random)"')
    .replace(/replaced-\d{4}-\d\d-\d\dT[\d-]+Z/g, "replaced-(time)");
}

export function typed(path: readonly string[], { args = [], env = {} }: Line): string {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return [...settings, "sparky", ...path, ...args.map((arg) => (/[\s"()*]/.test(arg) ? JSON.stringify(arg) : arg))].join(" ");
}
