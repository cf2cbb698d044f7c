import { existsSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import manifest from "../package.json" with { type: "json" };
import { resultRead } from "./builtin-tools/result-read.ts";
import { skillRead } from "./builtin-tools/skill-read.ts";
import { skillUnpack } from "./builtin-tools/skill-unpack.ts";
import { Stopper } from "./agent/stop.ts";
import type { WorkDeps } from "./agent/deps.ts";
import { KeptLogs } from "./agent/kept-logs.ts";
import { Windows } from "./agent/window.ts";
import { Certificate, datesProblem, day } from "./certificate.ts";
import { envFileOf, loadConfig, type Config } from "./config.ts";
import { isoTime, machineZone } from "./core/clock.ts";
import { isSparkyError } from "./core/errors.ts";
import { doorOf, mustHavePasswords } from "./door.ts";
import { KnownSecrets } from "./core/known-secrets.ts";
import { isSecret } from "./core/secrets.ts";
import type { Log } from "./core/log.ts";
import { readNamedFile } from "./named-file.ts";
import { capLog, openLog } from "./log.ts";
import { changeSettings, settingsOfStart, settingsStamp } from "./settings.ts";
import type { Commands } from "./wire/mcp.ts";
import { MODEL_MS } from "./wire/patience.ts";
import { graphTools } from "./builtin-tools/graph.ts";
import { factTools } from "./builtin-tools/memory/facts.ts";
import { recallTool } from "./builtin-tools/recall.ts";
import { LiveModels } from "./models/live.ts";
import { openModel } from "./models/open.ts";
import { probeModel, type Probe } from "./models/probe.ts";
import { selectChain, selectModel, type ModelSettings } from "./models/select.ts";
import { estimateTokens } from "./models/tokens.ts";
import { ModelSetup } from "./models/setup.ts";
import type { Model } from "./models/model.ts";
import { createServer, type Server } from "./server/app.ts";
import { cookieSecret, ownerToken, prepareHome, writePrivate } from "./store/home/home.ts";
import { lockHome, takeHome, type HomeLock } from "./store/home/lock.ts";
import type { Data } from "./store/home/data.ts";
import { Skills } from "./skills/offer.ts";
import type { SkillRoots } from "./skills/places.ts";
import { knowSecrets } from "./store/secrets/secrets.ts";
import { openStore } from "./store/open.ts";
import type { Meaning } from "./store/recall/meaning.ts";
import type { Store, Tx } from "./store/database/store.ts";
import { withoutPassword } from "./store/people/passwords.ts";
import { setToken } from "./store/people/tokens.ts";
import { TOKEN_FILE } from "./store/audit/via.ts";
import { ensureUsers } from "./store/people/users.ts";
import type { User } from "./store/people/user.ts";
import { Loop } from "./worker/loop.ts";
import { McpAdmin } from "./worker/mcp/admin.ts";
import { LazyMcp } from "./worker/mcp/lazy.ts";
import { GiveBack, processMemory } from "./worker/give-back.ts";
import { Indexer } from "./worker/indexer.ts";
import { offerDefaultSchedules, writePrompts } from "./worker/default-schedules.ts";
import { Scheduler } from "./worker/scheduler.ts";
import { OfferedTools } from "./worker/offered-tools.ts";
import { ToolsFile } from "./worker/tools-file.ts";
import { scheduleTools } from "./builtin-tools/schedules.ts";
import { taskCancel, taskTools } from "./builtin-tools/tasks.ts";
import type { Root } from "./tools/files/places.ts";
import { parseRoots } from "./tools/files/roots.ts";
import { fileTools } from "./tools/files/tools.ts";
import { generalTools } from "./tools/general.ts";
import type { Registry } from "./tools/registry.ts";
import { withSettings } from "./tools/settings.ts";
import type { Person } from "./tools/mcp/servers.ts";
import type { WebAccess } from "./tools/web/download.ts";
import { webTools } from "./tools/web/web-tools.ts";
import { BackgroundCommands } from "./tools/shell/background.ts";
import { Sandbox, type ShellMode } from "./tools/shell/sandbox.ts";
import { isCommandTool, shellTools } from "./tools/shell/tools.ts";
import type { Tool } from "./tools/tool.ts";

/** Builds every part once and wires them; the only file that may import everything. */

export interface LocalApp {
  /** Answers a request as the local owner's, with no network between. */
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
}

export interface RunningServer {
  readonly url: string;
  /** Signs the owner in, once. */
  readonly loginUrl: string;
  readonly stopped: Promise<void>;
  stop(): Promise<void>;
}

/** How it was started, for `server.json`. */
export interface Launch {
  readonly args: readonly string[];
  readonly daemon: boolean;
  /** The file that its output goes to; null: it is somebody else's. */
  readonly log: string | null;
}

const CAP_LOG_MS = 60_000;
/** A server that stops waits no longer for another program's lock on the database: what it could not write is taken up at the next start. */
const CLOSE_MS = 2500;

/** The whole app in this process, with neither loop nor listener: what the CLI uses while no server runs. */
export async function openApp(config: Config): Promise<LocalApp> {
  // Whoever holds the home may be a server that answers soon: the command looks again itself.
  const parts = await build(config, { agentLoop: false, schedulesFile: null, certificate: null }, lockHome);
  return {
    fetch: (request) => parts.server.fetch(request, { viewer: parts.owner }),
    close: () => parts.close(),
  };
}

/** The database alone, for what is done without an app; null: SQLite in the home. */
export async function openData(home: string, dbUrl: string | null): Promise<Data> {
  return (await import("./store/home/data.ts")).openData(home, dbUrl);
}

/** The chat server, listening, with the agent loop if the configuration says so. */
export async function startServer(config: Config, launch: Launch): Promise<RunningServer> {
  // What is not let in, or shows no certificate that fits, opens nothing.
  const door = await doorOf(config);
  const certificate = config.tls === null ? null : new Certificate(config.tls);
  const parts = await build(config, { ...config, certificate }, takeHome);
  const { agent, server, store, log } = parts;
  const serverFile = join(config.home, "server.json");
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => parts.close());
  if (door === "tls") mustHavePasswords(config.host, await withoutPassword(store.db));
  if (door === "open") log.warn({ host: config.host }, "other machines may come in, and read along what is sent");
  // The last that the start needs the database for: from the moment that it answers, a server survives one that blinks.
  const link = new URL((await server.createLoginLink(parts.owner)).url);
  const { url, port } = await server.listen(config.host, config.port);
  parts.own.port = port;
  parts.own.url = url;
  const loop = cleanup.use(
    new Loop({
      store,
      work: async (claimed, signal) => (await import("./agent/run.ts")).workRun(agent, claimed, signal),
      tasks: config.agentLoop,
      concurrency: config.concurrency,
      pollMs: config.pollIntervalMs,
      onPurge: () => agent.logs.sweep(),
      log,
    }),
  );
  void loop.start();
  const indexer = cleanup.use(new Indexer(store, log));
  indexer.start();
  if (parts.meaning !== null) {
    const { EmbeddingLoop } = await import("./worker/embedding-loop.ts");
    cleanup.use(new EmbeddingLoop(store, parts.meaning, log)).start();
  }
  const scheduler = cleanup.use(
    new Scheduler({
      store,
      stop: (viewer, target) => parts.stopper.stop(viewer, target),
      pollMs: config.pollIntervalMs,
      log,
    }),
  );
  if (config.agentLoop) scheduler.start();
  const memory = processMemory();
  if (memory !== null) cleanup.use(new GiveBack(store.clock, memory));
  const { pid } = process;
  const startedAt = isoTime(parts.startedAt);
  const { args, daemon } = launch;
  const capping = launch.log === null ? undefined : keepSmall(launch.log, log);
  cleanup.defer(() => clearInterval(capping));
  cleanup.defer(() => store.closeIn(CLOSE_MS));
  cleanup.defer(() => rmSync(serverFile, { force: true }));
  const writeServerFile = (): void => {
    const shown = certificate === null ? {} : { certificate: certificate.pair.fingerprint };
    const file = {
      url,
      ...shown,
      pid,
      startedAt,
      version: manifest.version,
      args,
      daemon,
      agentLoop: config.agentLoop,
    };
    writePrivate(serverFile, `${JSON.stringify(file)}\n`);
  };
  writeServerFile();
  if (certificate !== null) tellOf(certificate, parts, writeServerFile);
  // On a terminal the CLI's own lines say so.
  log[daemon ? "info" : "debug"]({ url, agentLoop: config.agentLoop, model: parts.models.id() }, "the server is ready");
  // Nobody finds it any more; then runs are handed back, while watchers still see it; then the sockets close.
  const owned = cleanup.move();
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= owned.disposeAsync().finally(resolve));
  return { url, loginUrl: `${url}${link.pathname}${link.search}`, stopped, stop };
}

/** Tells what becomes of it: nobody need stand by when a certificate is renewed, or is not. */
function tellOf(certificate: Certificate, { log, store }: Parts, renewed: () => void): void {
  const checkDates = (): void => {
    const problem = datesProblem(certificate.pair, store.clock.now());
    if (problem !== null)
      log.warn({ until: day(certificate.pair.validTo) }, `browsers warn of the certificate: ${problem}`);
  };
  checkDates();
  certificate.onProblem = (error) =>
    log.warn({ err: error }, "the new certificate is not used; the one before goes on");
  certificate.onRenewed = () => {
    log.info({ until: day(certificate.pair.validTo) }, "the certificate was renewed");
    checkDates();
    try {
      renewed();
    } catch (error) {
      log.warn({ err: error }, "commands of this machine do not know the new certificate");
    }
  };
}

/** At once and every minute. */
function keepSmall(file: string, log: Log): ReturnType<typeof setInterval> {
  const cap = (): void => {
    try {
      capLog(file);
    } catch (error) {
      log.warn({ err: error }, "the log could not be begun anew");
    }
  };
  cap();
  return setInterval(cap, CAP_LOG_MS).unref();
}

interface Parts {
  readonly store: Store;
  readonly server: Server;
  readonly agent: WorkDeps;
  readonly stopper: Stopper;
  readonly models: LiveModels;
  /** null: recall goes by words alone. */
  readonly meaning: Meaning | null;
  readonly owner: User;
  readonly log: Log;
  readonly startedAt: number;
  /** Where this server listens: as set, until it is known. */
  readonly own: { port: number; url: string | null };
  close(): Promise<void>;
}

async function build(
  config: Config,
  {
    agentLoop,
    schedulesFile,
    certificate,
  }: Pick<Config, "agentLoop" | "schedulesFile"> & {
    readonly certificate: Certificate | null;
  },
  lock: (home: string) => HomeLock | Promise<HomeLock>,
): Promise<Parts> {
  // A wrong model name or a missing key is said before anything is opened.
  selectChain(config);
  const secrets = new KnownSecrets();
  const log = openLog(config.logLevel, (line) => secrets.text(line));
  const models = liveModels(config, secrets, log);
  prepareHome(config.home);
  await using cleanup = new AsyncDisposableStack();
  cleanup.use(await lock(config.home));
  const store = cleanup.use(
    await openStore(
      config.dbUrl === null
        ? { kind: "sqlite", file: join(config.home, "sparky.db") }
        : { kind: "postgres", url: config.dbUrl },
      {
        home: config.home,
        secrets,
        onError: (error) => log.warn({ err: error }, "a database connection broke"),
        onUpgrade: (upgrade) => log.info({ ...upgrade }, "the database was brought up to date; what it held is kept"),
      },
    ),
  );
  store.hub.onError = (error) => log.error({ err: error }, "a watcher failed");
  const { owner } = await ensureUsers(store);
  await knowSecrets(store, owner.id);
  const meaning = await meaningFor(config.embeddingModel, { store, models, owner });
  if (meaning !== null) cleanup.use(meaning);
  const prompts = shipped("prompts", "smart_maintenance.md");
  if (prompts !== null) writePrompts(prompts, config.home);
  await offerDefaultSchedules(store, owner);
  const scheduleProblems =
    schedulesFile === null
      ? []
      : await (
          await import("./worker/schedules-file.ts")
        ).applySchedulesFile(
          {
            ...{ store, owner, log, pollMs: config.pollIntervalMs },
            checkModel: (model) => void selectModel({ ...models.settings(), model }, "choice"),
          },
          schedulesFile,
        );
  await setToken(store, owner.id, `${TOKEN_FILE}${config.home}`, ownerToken(config.home, store.random));
  const stopper = cleanup.use(new Stopper(store, log));
  const roots = fileRoots(config.home, owner.name);
  const own: Parts["own"] = { port: config.port, url: null };
  const background = cleanup.use(new BackgroundCommands());
  const sandbox = sandboxOf(config, config.shell);
  const web: WebAccess = {
    reach: { allowed: config.web.hosts, ownPort: () => own.port },
    proxies: config.web.proxies,
    userAgent: `Sparky/${manifest.version}`,
  };
  const asBuilt: readonly Tool<Tx>[] = [
    ...generalTools,
    ...fileTools(roots),
    ...graphTools(store),
    recallTool(store),
    ...factTools(store),
    ...taskTools(store),
    taskCancel(store, (viewer, taskId) => stopper.cancelTask(viewer, taskId)),
    ...scheduleTools(store),
    resultRead,
    skillRead,
    skillUnpack(store),
    ...webTools(web, config.web.search),
    ...shellTools({ environment: config.commandEnvironment, sandbox }, background),
  ];
  // As they are set now: a person may say otherwise at any time.
  const toolsFile = new ToolsFile(config.home, (said) => void withSettings(asBuilt, said));
  const offered = new OfferedTools<Tx>(asBuilt, {
    settings: () => toolsFile.settings,
    // What is said of commands there is right though there be no shell.
    isOffered: ({ name }) => config.shell !== "off" || !isCommandTool(name),
    tokensOf: estimateTokens,
  });
  const workspaces = join(config.home, "workspace");
  const mcp = cleanup.use(
    new LazyMcp({
      store,
      ownerId: owner.id,
      home: config.home,
      shippedPrompts: prompts === null ? null : join(prompts, "offered"),
      log,
      version: manifest.version,
      workspaces,
      environment: config.serverEnvironment,
      sandbox: sandboxOf(config, "sandbox"),
      lookup: (name) => (name.startsWith("secret:") ? secrets.valueOf(name.slice(7)) : config.variable(name)),
      web,
      base: () => own.url,
    }),
  );
  await mcp.sweep();
  const windows = new Windows();
  const toolsWith = async (reader: Model, person: Person, runId?: string): Promise<Registry<Tx>> =>
    offered.registry(await mcp.toolsFor(person, runId), windows.of(reader).size.window);
  const skillRoots: SkillRoots = {
    home: join(config.home, "skills"),
    personal: join(homedir(), ".agents", "skills"),
    shipped: shipped("skills", "researching-a-question"),
    workspaces,
  };
  const skills = new Skills(store, skillRoots);
  const agent: WorkDeps = {
    store,
    skillsFor: ({ run }, { userId }) => skills.textFor(run.id, userId),
    toolsFor: async ({ run, chat }, principal) => {
      // Another node may have set some.
      if (store.kind === "postgres") await knowSecrets(store, owner.id);
      return toolsWith(models.for(chat.model, run.fallback), principal, run.id);
    },
    resources: mcp.resources,
    leftRun: (runId) => background.endOf(runId),
    modelFor: (choice, place) => models.for(choice, place),
    effort: () => models.settings().modelEffort,
    fallbacks: () => models.settings().fallbacks ?? [],
    recall: config.recall,
    windows,
    logs: new KeptLogs(store.clock),
    workspaces,
    // Found when it is asked for: that loads what the engine knows of zones and languages.
    get timeZone() {
      return machineZone();
    },
    chance: Math.random,
    log,
  };
  const startedAt = store.clock.now();
  const server = createServer({
    store,
    log,
    version: manifest.version,
    startedAt,
    agentLoop,
    secret: await cookieSecret(store, config.home),
    host: config.host,
    port: config.port,
    allowedHosts: config.allowedHosts,
    behindProxy: config.behindProxy,
    tls: certificate,
    approveBy: config.approveBy,
    models: modelSetup(config, models),
    shelter: () => commandsOf(config, sandbox),
    mcp: new McpAdmin({
      store,
      desk: () => mcp.desk(),
      toolsFor: async (person) => (await toolsWith(models.shown(), person)).list(),
      setPolicy: (name, policy) => toolsFile.setPolicy(name, policy),
    }),
    webRoot: webRoot(),
    scheduleProblems,
    skillRoots,
    stopRun: (viewer, target) => stopper.stop(viewer, target),
    stopWorkOf: (by, userId, why) => stopper.stopWorkOf(by, userId, why),
    cancelTask: (viewer, taskId) => stopper.cancelTask(viewer, taskId),
    contextOf: async (viewer, chatId, at) => {
      const { shownContext } = await import("./agent/shown-context.ts");
      const skillsNow = ({ userId }: Person): Promise<string> => skills.textNow(userId);
      return shownContext({ ...agent, toolsNow: toolsWith, skillsNow }, viewer, chatId, at);
    },
  });
  cleanup.defer(() => server.close());
  const owned = cleanup.move();
  return {
    store,
    server,
    agent,
    stopper,
    models,
    meaning,
    owner,
    log,
    startedAt,
    own,
    close: () => owned.disposeAsync(),
  };
}

/** Nothing of it is loaded where no embedding model is set. */
async function meaningFor(
  asked: string | null,
  { store, models, owner }: Pick<Parts, "store" | "models" | "owner">,
): Promise<Meaning | null> {
  if (asked === null) return null;
  const [{ Meaning }, { openEmbedder }] = await Promise.all([
    import("./store/recall/meaning.ts"),
    import("./models/embedder.ts"),
  ]);
  // Another node may have set some.
  const learnSecrets = async (): Promise<void> => {
    if (store.kind === "postgres") await knowSecrets(store, owner.id);
  };
  return new Meaning(
    store,
    openEmbedder(() => models.settings(), asked),
    { learnSecrets },
  );
}

function liveModels(config: Config, secrets: KnownSecrets, log: Log): LiveModels {
  const { environment, flags } = config.source();
  const source = {
    read: () => loadConfig(environment, flags),
    stamp: () => settingsStamp(environment, flags),
  };
  return new LiveModels(config, source, {
    onSettings({ providers }) {
      const keys = Object.entries(providers).filter(([name]) => isSecret(name));
      secrets.maskKeys(keys.map(([name, value]) => ({ name, value })));
    },
    onProblem: (error) =>
      log.warn({ err: error }, "the settings cannot be read as they are now; those of before go on"),
  });
}

function modelSetup(config: Config, models: LiveModels): ModelSetup {
  const { environment, flags } = config.source();
  const atStart = settingsOfStart(environment, flags);
  return new ModelSetup({
    models,
    restartNeeded() {
      try {
        return settingsOfStart(environment, flags) !== atStart;
      } catch (error) {
        if (isSparkyError(error)) return true;
        throw error;
      }
    },
    probe,
    severalNodes: config.dbUrl !== null,
    file: envFileOf(config.home),
    async write(changes) {
      await changeSettings(environment, flags, changes);
    },
  });
}

async function probe(settings: ModelSettings): Promise<Probe> {
  const deadlines = { firstChunkMs: MODEL_MS, chunkMs: MODEL_MS };
  return probeModel(openModel(selectModel(settings), { deadlines }), MODEL_MS);
}

function sandboxOf({ commandEnvironment: environment, home, envFile }: Config, mode: ShellMode): Sandbox {
  return new Sandbox({ mode, hidden: [home, ...(envFile === null ? [] : [envFile])], environment });
}

async function commandsOf({ shell }: Config, sandbox: Sandbox): Promise<Commands> {
  if (shell === "off") return { kind: "off", why: "SPARKY_SHELL is off", remedy: null };
  const shelter = await sandbox.look();
  if (shelter.kind === "sandbox") return { kind: "sandbox", why: null, remedy: null };
  return { kind: "host", why: shelter.why, remedy: shelter.remedy };
}

/** The folders of the file tools beside the workspace, from `tools.json`; none when there is no such file. */
function fileRoots(home: string, owner: string): readonly Root[] {
  const path = join(home, "tools.json");
  return existsSync(path) ? parseRoots(readNamedFile(path), path, { home, owner }) : [];
}

/** A folder that comes with Sparky, known by something in it: beside the sources, or above the bundle. */
function shipped(folder: string, holds: string): string | null {
  const places = ["..", "../.."].map((place) => join(import.meta.dirname, place, folder));
  return places.find((place) => existsSync(join(place, holds))) ?? null;
}

/** The built web UI: beside the bundle, or in `dist` of a checkout. */
function webRoot(): string | null {
  const places = ["../dist/web", "../web"].map((place) => join(import.meta.dirname, place));
  return places.find((place) => existsSync(join(place, "index.html"))) ?? null;
}
