import { setImmediate } from "node:timers/promises";
import type { Deps } from "../../src/cli/deps.ts";
import type { Io } from "../../src/cli/console/io.ts";
import { runCli } from "../../src/cli/run.ts";

/** What a command did: its exit code and what it wrote. */
export interface Outcome {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Each request as `METHOD /path` with its JSON body. */
  readonly requests: readonly string[];
}

export interface Stage {
  /** `METHOD /path?query`, or with its JSON body behind it, to the answer's body, or to a status and body. */
  readonly routes?: { readonly [route: string]: unknown };
  readonly terminal?: boolean;
  readonly columns?: number;
  readonly env?: { readonly [name: string]: string };
  /** What a person types when asked. */
  readonly answer?: string;
  /** What comes over stdin, where that is no terminal. */
  readonly input?: string;
  readonly now?: string;
  /** Ctrl-C is pressed once this is on stdout. */
  readonly interruptAt?: string;
  readonly deps?: Partial<Deps>;
}

export class Answer {
  readonly status: number;
  readonly body: unknown;
  constructor(status: number, body: unknown) {
    this.status = status;
    this.body = body;
  }
}

/** Runs the CLI as a function, with the app in its process answered by a script. */
export async function sparky(argv: readonly string[], stage: Stage = {}): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  const requests: string[] = [];
  const terminal = stage.terminal ?? false;
  const columns = stage.columns ?? 100;
  let now = Date.parse(stage.now ?? "2026-12-01T14:02:20.000Z");
  const onInterrupt = new Set<() => void>();
  const write = (text: string): void => {
    stdout += text;
    if (stage.interruptAt !== undefined && stdout.includes(stage.interruptAt)) onInterrupt.forEach((fn) => fn());
  };
  const io: Io = {
    stdout: { write, isTerminal: terminal, columns },
    stderr: { write: (text) => void (stderr += text), isTerminal: terminal, columns },
    stdinIsTerminal: stage.answer !== undefined,
    ask: async (question) => {
      stderr += `${question}\n`;
      return stage.answer ?? "";
    },
    askSecret: async (question) => {
      stderr += `${question}\n`;
      return stage.answer ?? null;
    },
    readInput: async () => stage.input ?? "",
    openTerminal: () => {
      throw new Error("no terminal is to be taken here");
    },
    env: { NO_COLOR: "1", ...stage.env },
    pid: 4242,
    platform: "linux",
    now: () => now,
    async sleep(ms) {
      now += ms;
      await setImmediate();
    },
    onSignal(signal, fn) {
      if (signal === "SIGINT") onInterrupt.add(fn);
      return () => void onInterrupt.delete(fn);
    },
    kill: () => false,
    exitNow: (code) => {
      throw new Error(`left with ${code}`);
    },
    spawnSelf: () => {
      throw new Error("nothing is to be spawned here");
    },
    launch: async () => false,
    report: undefined,
  };
  const deps: Deps = {
    version: "0.1.0",
    loadConfig: async () => ({ home: "/home/ada/.sparky", url: null, token: null, agentLoop: false, dbUrl: null }),
    homeState: async () => ({ held: false }),
    openApp: async () => ({
      async fetch(request) {
        const { pathname, search } = new URL(request.url);
        const body = await request.text();
        const route = `${request.method} ${pathname}${search}`;
        requests.push(body === "" ? route : `${route} ${body}`);
        const found = stage.routes?.[`${route} ${body}`] ?? stage.routes?.[route];
        if (found === undefined) throw new Error(`the script has no answer for ${route}`);
        if (found instanceof Response) return found.clone();
        const { status, body: answer } = found instanceof Answer ? found : new Answer(200, found);
        return status === 204 ? new Response(null, { status }) : Response.json(answer, { status });
      },
      close: async () => {},
    }),
    openData: async () => {
      throw new Error("no database is to be opened here");
    },
    examine: () => {
      throw new Error("nothing is to be examined here");
    },
    names: async () => [],
    settings: async () => {
      throw new Error("no settings are to be read here");
    },
    changeSetting: async () => {
      throw new Error("no settings are to be changed here");
    },
    startServer: async () => {
      throw new Error("no server is to be started here");
    },
    ...stage.deps,
  };
  const exit = await runCli(argv, io, deps);
  return { exit, stdout, stderr, requests };
}

/** The outcome as one text, for a golden file. */
export function shown(command: string, outcome: Outcome): string {
  const tabs = outcome.stdout.replaceAll("\t", "→");
  // What was shown only for a while is not on the screen in the end.
  const kept = outcome.stderr.replace(/[^\n]*\r\u001b\[2K/g, "");
  return `$ ${command}\n${tabs}${kept.replace(/^(?=.)/gm, "! ")}(exit ${outcome.exit})\n\n`;
}

/** What a command shows in each of the three ways to call it, as one text. */
export async function views(argv: readonly string[], stage: Stage): Promise<string> {
  const command = `sparky ${argv.map((arg) => (/[\s"]/.test(arg) ? JSON.stringify(arg) : arg)).join(" ")}`;
  return [
    shown(command, await sparky(argv, { ...stage, terminal: true })),
    shown(`${command} | cat`, await sparky(argv, stage)),
    shown(`${command} --json`, await sparky([...argv, "--json"], stage)),
  ].join("");
}
