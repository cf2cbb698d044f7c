import { report, runCli } from "./cli/run.ts";
import { Failure } from "./cli/console/failure.ts";
import { DAEMON_VARIABLE, NOHUP_VARIABLE, SUPERVISED_VARIABLE } from "./cli/console/io.ts";
import { ARGUMENTS_FOLLOW, processIo } from "./cli/console/process-io.ts";
import { unwritten } from "./cli/console/sink.ts";
import { flushCompileCache } from "node:module";
import manifest from "../package.json" with { type: "json" };

/** The process starts here. What a command does not need is not loaded: `main.ts` least of all. */

const given = process.argv.slice(2);
const argv = given[0] === ARGUMENTS_FOLLOW ? given.slice(1) : given;

// A reader that has seen enough, as in `sparky … | head`, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : report(argv, io, unwritten(error)));
});
// There is nobody left to tell: a server whose terminal was closed still has its work to hand back.
process.stderr.on("error", () => {});
// Output that cannot be written is thrown from wherever it was to be written.
process.on("uncaughtException", (error) => {
  if (error instanceof Failure) process.exit(report(argv, io, error));
  console.error(error);
  process.exit(1);
});

// A zone that is set to nothing is not set; Node would take it for one that nobody knows.
if (process.env["TZ"]?.trim() === "") delete process.env["TZ"];

const env = { ...process.env };
// What this process was told about itself is not for those that it starts.
delete process.env[DAEMON_VARIABLE];
delete process.env[SUPERVISED_VARIABLE];
delete process.env[NOHUP_VARIABLE];

const io = processIo(process, env);
const code = await runCli(argv, io, {
  version: manifest.version,
  async loadConfig(flags) {
    const config = (await import("./config.ts")).loadConfig(process.env, flags);
    (await import("./store/home/guard.ts")).checkHome(config.home);
    return config;
  },
  async homeState(home) {
    const pid = (await import("./store/home/served.ts")).servedBy(home);
    return pid === null ? (await import("./store/home/lock.ts")).homeState(home) : { held: true, pid };
  },
  async names(kind, prefix) {
    const { home, dbUrl } = (await import("./config.ts")).loadConfig();
    return dbUrl === null ? (await import("./store/home/names.ts")).namesIn(`${home}/sparky.db`, kind, prefix) : [];
  },
  async *examine(flags, options) {
    yield* (await import("./doctor/examine.ts")).examine(process.env, flags, options);
  },
  settings: async (flags) => (await import("./settings.ts")).readSettings(process.env, flags),
  changeSetting: async (name, value) => (await import("./settings.ts")).changeSetting(process.env, name, value),
  async openApp() {
    const { loadConfig } = await import("./config.ts");
    return (await import("./main.ts")).openApp(loadConfig());
  },
  async openData(home) {
    const { loadConfig } = await import("./config.ts");
    const { openData } = await import("./main.ts");
    // A folder that is named has its data in it, whatever the settings say of the configured home's.
    if (home !== undefined) return openData(home, null);
    const config = loadConfig();
    return openData(config.home, config.dbUrl);
  },
  async startServer(flags, launch) {
    const { loadConfig } = await import("./config.ts");
    const server = await (await import("./main.ts")).startServer(loadConfig(process.env, flags), launch);
    // What was compiled is kept for the next start, though this process may be killed.
    flushCompileCache();
    return server;
  },
});

// Both are flushed first: a pipe may be written later than the program ends.
process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
