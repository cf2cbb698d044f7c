/** What the CLI needs of the rest of the program; `entry.ts` loads each part only when it is asked for. */
export interface Deps {
  readonly version: string;
  loadConfig(flags: ServerFlags): Promise<CliConfig>;
  /** The whole app in this process, without loop and listener. Throws `conflict` while another process holds the home. */
  openApp(): Promise<LocalApp>;
  startServer(flags: ServerFlags, launch: Launch): Promise<RunningServer>;
  /** Who holds the home's lock. The lock dies with its process, so this is true when a file is stale. */
  homeState(home: string): Promise<HomeState>;
}

export interface CliConfig {
  readonly home: string;
  readonly url: string | null;
  readonly token: string | null;
  readonly agentLoop: boolean;
}

export interface ServerFlags {
  readonly host?: string;
  readonly port?: string;
  readonly agentLoop?: boolean;
  readonly envFile?: string;
}

/** How a server was started, kept in `server.json` for people and for `chat status`. */
export interface Launch {
  readonly args: readonly string[];
  readonly daemon: boolean;
}

export interface LocalApp {
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
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
}
