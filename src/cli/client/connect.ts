import { isSparkyError } from "../../core/errors.ts";
import { isUnreachable, localClient, networkClient, Unheard, type Client, type Endpoint } from "./client.ts";
import type { CliConfig, Deps, HomeState } from "../deps.ts";
import type { Method } from "./http.ts";
import { Failure, notRunning } from "../console/failure.ts";
import { EXIT, type Io } from "../console/io.ts";
import { readServerFile, readToken } from "./server-file.ts";

/** For a server that does not answer. */
const SERVER_MS = 5000;
/** For a command, or a server that is starting: on a busy machine, with a home to bring up to date, either takes its time. */
const COMMAND_MS = 15_000;
const LOOK_AGAIN_MS = 100;

/**
 * Finds the server: the one that SPARKY_URL names, else the one that holds the home's lock, else the same app in this
 * process (only when `need` is "any"). While the lock is held and nobody answers, waits for each that holds it, a
 * server for 5 s and a command for 15: of commands in a row every one has its turn.
 */
export async function connect(deps: Deps, io: Io, config: CliConfig, need: "server" | "any"): Promise<Client> {
  if (config.url !== null) return networkClient(await namedEndpoint(deps, config, config.url));
  const found = await find(deps, io, config, need, "trust");
  return found.endpoint === null ? found : askedFirst(found, () => find(deps, io, config, need, "ask"));
}

/** `trust`: the server that holds the home and has written itself down is not asked whether it answers. */
async function find(
  deps: Deps,
  io: Io,
  config: CliConfig,
  need: "server" | "any",
  written: "trust" | "ask",
): Promise<Client> {
  let since = io.now();
  let holder: number | undefined;
  for (;;) {
    const state = await deps.homeState(config.home);
    if (state.pid !== undefined && state.pid !== holder) [holder, since] = [state.pid, io.now()];
    const endpoint = state.held ? heldEndpoint(config, state) : null;
    if (!state.held) {
      if (need === "server") throw notRunning(`no server is running on ${config.home}`);
      const app = await openLocal(deps);
      if (app !== "held") return localClient(app);
    } else if (endpoint !== null) {
      const known = written === "trust" && state.pid !== undefined;
      if (known || (await answers(endpoint))) return networkClient(endpoint);
    }
    if (io.now() - since >= (endpoint === null ? COMMAND_MS : SERVER_MS)) throw silent(config.home, state);
    await io.sleep(LOOK_AGAIN_MS);
  }
}

/** Where nobody listens after all, as it may be while a server ends, first requests go to whom another look finds. */
function askedFirst(client: Client, lookAgain: () => Promise<Client>): Client {
  let again: Promise<Client> | undefined;
  let heard = false;
  return {
    ...client,
    async request<T>(method: Method, path: string, body?: unknown) {
      const asked = await (again ?? client);
      try {
        const answer = await asked.request<T>(method, path, body);
        heard = true;
        return answer;
      } catch (error) {
        if (heard || asked !== client || !(error instanceof Unheard)) throw error;
      }
      again ??= lookAgain();
      return (await again).request<T>(method, path, body);
    },
    async close() {
      // Who asked has been told already where the second look found nobody.
      const used = await Promise.resolve(again).catch(() => undefined);
      await (used ?? client).close();
    },
  };
}

/** The endpoint as it is now, for a watcher that connects again: null while no server runs. */
export async function currentEndpoint(deps: Deps, config: CliConfig): Promise<Endpoint | null> {
  if (config.url !== null) return namedEndpoint(deps, config, config.url);
  const state = await deps.homeState(config.home);
  return state.held ? heldEndpoint(config, state) : null;
}

/** The token file goes only to the server that holds the home. */
async function namedEndpoint(deps: Deps, config: CliConfig, url: string): Promise<Endpoint> {
  if (config.token !== null) return { url, token: config.token };
  const state = await deps.homeState(config.home);
  const held = state.held ? heldEndpoint(config, state) : null;
  return held !== null && new URL(held.url).origin === new URL(url).origin ? held : { url, token: null };
}

/** null while the file is of an earlier server, or not there yet. */
function heldEndpoint(config: CliConfig, state: HomeState): Endpoint | null {
  const file = readServerFile(config.home);
  if (file === null || (state.pid !== undefined && file.pid !== state.pid)) return null;
  const { url, certificate, agentLoop } = file;
  return { url, certificate, agentLoop, token: config.token ?? readToken(config.home) };
}

async function answers(endpoint: Endpoint): Promise<boolean> {
  try {
    await networkClient({ ...endpoint, token: null }).request("GET", "/health");
    return true;
  } catch (error) {
    if (isUnreachable(error)) return false;
    throw error;
  }
}

async function openLocal(deps: Deps): Promise<Awaited<ReturnType<Deps["openApp"]>> | "held"> {
  try {
    return await deps.openApp();
  } catch (error) {
    if (isSparkyError(error, "conflict")) return "held";
    throw error;
  }
}

function silent(home: string, state: HomeState): Failure {
  const unknown =
    state.elsewhere === true ? "a process in another container, or on another machine," : "another process";
  const who = state.pid === undefined ? unknown : `process ${state.pid}`;
  return new Failure(
    EXIT.error,
    "unavailable",
    `${who} holds ${home} but does not answer`,
    state.pid === undefined ? "sparky chat status" : `wait for it, or end it: kill ${state.pid}`,
  );
}
