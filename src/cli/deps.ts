import type { Checked, DataStatus, Finding, VerifyPage } from "../wire/data.ts";

/** What the CLI needs of the rest of the program; `entry.ts` loads each part only when it is asked for. */
export interface Deps {
  readonly version: string;
  loadConfig(flags: ServerFlags): Promise<CliConfig>;
  /** The whole app in this process, without loop and listener. Throws `conflict` while another process holds the home. */
  openApp(): Promise<LocalApp>;
  startServer(flags: ServerFlags, launch: Launch): Promise<RunningServer>;
  /** The database of a home (the configured one when left out), worked on in this process. */
  openData(home?: string): Promise<LocalData>;
  /** Who holds the home's lock. The lock dies with its process, so this is true when a file is stale. */
  homeState(home: string): Promise<HomeState>;
  /** The ids or names in the home's own database that begin so; nothing where there is none that can be read. */
  names(kind: NameKind, prefix: string): Promise<readonly Name[]>;
  /** Every setting with its value and origin. */
  settings(flags: Pick<ServerFlags, "envFile">): Promise<Settings>;
  /** Looks for what is wrong with the home and its machine; `fix`: puts right what is safe. */
  examine(
    flags: Pick<ServerFlags, "envFile">,
    options: { readonly fix: boolean; readonly offline: boolean },
  ): AsyncIterable<Diagnosis>;
  /** Writes one setting into the home's own file; null takes it out. */
  changeSetting(name: string, value: string | null): Promise<SettingChange>;
}

export interface Diagnosis {
  readonly check: string;
  readonly state: "ok" | "warn" | "fail";
  readonly what: string;
  readonly remedy: string | null;
  /** It was so, and was put right. */
  readonly fixed: boolean;
}

export type NameKind =
  | "tasks"
  | "chats"
  | "approvals"
  | "questions"
  | "grants"
  | "schedules"
  | "servers"
  | "skills"
  | "secrets"
  | "people"
  | "facts"
  | "tokens";

export interface Name {
  readonly value: string;
  /** What it is, for people. */
  readonly hint: string;
}

export interface Settings {
  /** The home's own file, be it there or not. */
  readonly file: string;
  /** Why a file of settings cannot be read; the settings are then shown without any file's. */
  readonly problem: string | null;
  readonly items: readonly Setting[];
}

export interface Setting {
  readonly name: string;
  /** Without what is secret in it; null: not set, and without a default. */
  readonly value: string | null;
  readonly origin: "environment" | "env-file" | "home" | "default";
  readonly file: string | null;
  readonly default: string | null;
  readonly allowed: string;
  /** Holds nothing but a secret. */
  readonly secret: boolean;
  readonly problem: string | null;
}

export interface SettingChange {
  /** As it counts now. */
  readonly setting: Setting;
  readonly file: string;
  /** False: the file was so before. */
  readonly changed: boolean;
  /** Why a server would not start with the settings as they are. */
  readonly problem: string | null;
  /** A server that runs knows it without being started again. */
  readonly takenUp: boolean;
}

export interface CliConfig {
  readonly home: string;
  readonly url: string | null;
  readonly token: string | null;
  readonly agentLoop: boolean;
  /** null: the data is in the home. */
  readonly dbUrl: string | null;
}

export interface ServerFlags {
  readonly host?: string;
  readonly port?: string;
  readonly behindProxy?: string;
  readonly insecureLan?: boolean;
  readonly agentLoop?: boolean;
  readonly envFile?: string;
}

/** How a server was started, kept in `server.json` for people and for `chat status`. */
export interface Launch {
  readonly args: readonly string[];
  readonly daemon: boolean;
  /** The file that its output goes to, which it keeps small; null: it is somebody else's. */
  readonly log: string | null;
}

export interface LocalApp {
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
}

/** What an operator does with a database, without a server. */
export interface LocalData {
  /** The file, or the server's address without its password. */
  readonly place: string;
  status(): Promise<DataStatus>;
  verify(): AsyncIterable<VerifyPage>;
  migrate(): Promise<{ readonly from: number; readonly to: number; readonly kept: string | null }>;
  backup(file: string | null): Promise<{
    readonly file: string;
    readonly bytes: number;
    /** It was restored on trial. */
    readonly verified: boolean;
    readonly checked: Checked;
    readonly findings: readonly Finding[];
  }>;
  restore(file: string): Promise<PreparedRestore>;
}

/** A backup made ready beside the database; nothing changes before `swap`. */
export interface PreparedRestore extends Disposable {
  readonly bytes: number;
  readonly checked: Checked;
  readonly findings: readonly Finding[];
  readonly epoch: string;
  /** Returns where the old database is kept; null when there was none. */
  swap(): Promise<string | null>;
}

export interface RunningServer {
  readonly url: string;
  /** Signs the owner in once; a secret. */
  readonly loginUrl: string;
  /** Settles when the server has stopped, for whatever reason. */
  readonly stopped: Promise<void>;
  /** Hands runs back, closes sockets; within 5 s. */
  stop(): Promise<void>;
}

export interface HomeState {
  readonly held: boolean;
  readonly pid?: number;
  /** It is held in another container, or on another machine: its process cannot be named from here. */
  readonly elsewhere?: true;
}
