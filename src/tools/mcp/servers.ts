import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import { isSparkyError, messageOf, SparkyError } from "../../core/errors.ts";
import type { Json } from "../../core/events.ts";
import { Connection, type ServerToolCall, type ToolList } from "./connection.ts";
import type { Sandbox } from "../shell/sandbox.ts";
import type { ServerDefinition } from "./definition.ts";
import type { SignIn } from "./sign-in.ts";
import type { ServerProcess } from "./stdio.ts";
import { Tail } from "./tail.ts";
import { filledIn, type Lookup } from "./variables.ts";

/** Whose run, or whose word, a server works for: it never works for two. */
export interface Person {
  readonly userId: string;
}

export interface ServersDeps {
  readonly clock: Clock;
  readonly version: string;
  /** The folder with one folder for each user. */
  readonly workspaces: string;
  /** What each process sees of the environment, beside what its definition gives it. */
  readonly environment: { readonly [name: string]: string };
  readonly lookup: Lookup;
  /** For those that are to be closed in, however commands are. */
  readonly sandbox: Sandbox;
  /** Bytes that one that is closed in must leave on the disk. */
  readonly diskFloor?: number;
  /** Keeps a process on record before it does anything, so that a crash leaves none behind. */
  keep(process: ServerProcess): Promise<void>;
  forget(process: ServerProcess): Promise<void>;
  /** Whether it is known to speak only the older revisions. */
  isLegacy(server: string): boolean;
  /** What was seen of a server that answers. */
  onSeen(server: string, seen: { readonly legacy: boolean; readonly list: ToolList }): Promise<void>;
  onError(error: unknown): void;
  /** Whether nobody will go on with what this run began. */
  hasEnded(runId: string): Promise<boolean>;
  /** For a server elsewhere, where its definition gives no token. */
  signInFor?(definition: ServerDefinition, person: Person): SignIn | undefined;
}

export type ServerState =
  | { readonly state: "idle" }
  | { readonly state: "starting" }
  | { readonly state: "ready"; readonly pid: number | null }
  | { readonly state: "failed"; readonly error: string; readonly hint: string | null; readonly nextTry: number };

/** Pauses after failures in a row, in milliseconds; the last one again and again. */
const PAUSES_MS = [0, 1000, 5000, 15_000, 60_000] as const;
/** Between two looks at the tools of a server that says again and again that they changed. */
const LOOK_PAUSE_MS = 2000;
/** A server that nobody has used for so long is ended, or at the latest after twice as long. */
const IDLE_MS = 5 * 60_000;
/** As many at once as people have servers and machines have room. */
const MAX_RUNNING = 100;

/** The servers that run on this node: each starts when it is first needed, one for each person, and ends with this. */
export class Servers implements AsyncDisposable {
  readonly #deps: ServersDeps;
  readonly #entries = new Map<string, Entry>();
  #isClosed = false;

  constructor(deps: ServersDeps) {
    this.#deps = deps;
  }

  stateOf(server: string, person: Person): ServerState {
    return this.#entries.get(keyOf(server, person))?.state ?? { state: "idle" };
  }

  logOf(server: string, person: Person): string {
    return this.#entries.get(keyOf(server, person))?.tail.text ?? "";
  }

  /** Asks for the tools, which are also told to `onSeen`. */
  async list(definition: ServerDefinition, person: Person, signal: AbortSignal): Promise<ToolList> {
    const entry = this.#entry(definition, person);
    return entry.look(await entry.connection(signal), signal);
  }

  /** Starts it if need be. */
  connection(definition: ServerDefinition, person: Person, signal: AbortSignal): Promise<Connection> {
    return this.#entry(definition, person).connection(signal);
  }

  async call(
    definition: ServerDefinition,
    person: Person,
    call: Omit<ServerToolCall, "rounds">,
    signal: AbortSignal,
  ): Promise<Json> {
    const connection = await this.#entry(definition, person).connection(signal);
    return connection.call({ ...call, rounds: 0 }, signal);
  }

  /** Whether a call that has asked somebody still waits here for the answer. */
  holds(server: string, person: Person, id: string): boolean {
    return this.#entries.get(keyOf(server, person))?.holds(id) === true;
  }

  /** Ends what runs of a server, for one person or for all; it starts again when it is needed. */
  async end(server: string, person?: Person): Promise<void> {
    const ending = [...this.#entries].filter(([key]) =>
      person === undefined ? key.startsWith(`${server}\0`) : key === keyOf(server, person),
    );
    await Promise.all(
      ending.map(async ([key, entry]) => {
        this.#entries.delete(key);
        await entry.close();
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#entries.values()].map((entry) => entry.close()));
  }

  #entry(definition: ServerDefinition, person: Person): Entry {
    if (this.#isClosed) throw new SparkyError("unavailable", "this server is stopping");
    const key = keyOf(definition.name, person);
    const digest = JSON.stringify(definition.reached);
    const known = this.#entries.get(key);
    if (known?.digest === digest) return known;
    // It is defined otherwise now: whoever still waits for the old one is told that it ended.
    void known?.close();
    if (known === undefined && this.#entries.size >= MAX_RUNNING) {
      throw new SparkyError("unavailable", `${MAX_RUNNING} tool servers run already`, {
        hint: "disable some that are not needed: sparky mcp list",
      });
    }
    const entry = new Entry(this.#deps, definition, person, digest);
    this.#entries.set(key, entry);
    return entry;
  }
}

const keyOf = (server: string, { userId }: Person): string => `${server}\0${userId}`;

class Entry {
  readonly digest: string;
  readonly tail = new Tail();
  readonly #deps: ServersDeps;
  readonly #definition: ServerDefinition;
  readonly #person: Person;
  readonly #closing = new AbortController();
  #opening: Promise<Connection> | null = null;
  #connection: Connection | null = null;
  #endIdle = (): void => {};
  /** One that was not used any more, on its way out. */
  #ending: Promise<void> = Promise.resolve();
  #failures = 0;
  #looks: Promise<unknown> = Promise.resolve();
  /** A look that the server asked for, with the pause behind it. */
  #looking: Promise<void> | null = null;
  #endPause = (): void => {};
  #isStale = false;
  #failed: { readonly error: unknown; readonly nextTry: number } | null = null;

  constructor(deps: ServersDeps, definition: ServerDefinition, person: Person, digest: string) {
    this.#deps = deps;
    this.#definition = definition;
    this.#person = person;
    this.digest = digest;
  }

  get state(): ServerState {
    if (this.#opening !== null) return { state: "starting" };
    if (this.#connection?.isClosed === false) return { state: "ready", pid: this.#connection.pid };
    if (this.#failed !== null) {
      const { error, nextTry } = this.#failed;
      return { state: "failed", error: messageOf(error), hint: (isSparkyError(error) && error.hint) || null, nextTry };
    }
    return { state: "idle" };
  }

  holds(id: string): boolean {
    return this.#connection?.isClosed === false && this.#connection.holds(id);
  }

  /** Starts it if need be; whoever waits may give up without ending the start for others. */
  connection(signal: AbortSignal): Promise<Connection> {
    this.#used();
    if (this.#connection?.isClosed === false) return Promise.resolve(this.#connection);
    const { clock } = this.#deps;
    if (this.#failed !== null && this.#opening === null && clock.now() < this.#failed.nextTry) {
      const seconds = Math.ceil((this.#failed.nextTry - clock.now()) / 1000);
      const hint = `it is tried again in ${seconds} s, or at once after: sparky mcp test ${this.#definition.name}`;
      return Promise.reject(
        new SparkyError("unavailable", messageOf(this.#failed.error), { hint, cause: this.#failed.error }),
      );
    }
    this.#opening ??= this.#open().finally(() => (this.#opening = null));
    this.#opening.catch(() => {});
    return abortable(this.#opening, signal);
  }

  async close(): Promise<void> {
    this.#closing.abort(new SparkyError("unavailable", `the server ${this.#definition.name} was ended`));
    this.#endPause();
    this.#endIdle();
    await this.#ending;
    await this.#opening?.catch(() => {});
    await this.#connection?.close();
    await this.#looking;
  }

  /** Its end for want of use is put off. */
  #used(): void {
    this.#endIdle();
    if (this.#closing.signal.aborted) return;
    this.#endIdle = this.#deps.clock.after(IDLE_MS, () => {
      const connection = this.#connection;
      if (this.#opening !== null) return this.#used();
      if (connection === null || connection.isClosed) return;
      if (connection.isBusy) {
        this.#used();
        return void connection
          .letGo((runId) => this.#deps.hasEnded(runId))
          .catch((error: unknown) => this.#deps.onError(error));
      }
      if (!this.#definition.lazy) return;
      this.tail.note("it was ended, since nobody used it; it starts again when it is needed");
      // Nobody is given it from here on.
      this.#ending = connection.close();
    });
  }

  async #open(): Promise<Connection> {
    await this.#ending;
    const { clock, workspaces, environment, lookup, version, sandbox, diskFloor } = this.#deps;
    const definition = this.#definition;
    const workspace = join(workspaces, this.#person.userId);
    const own: Lookup = (name) => (name === "SPARKY_WORKSPACE" ? workspace : lookup(name));
    try {
      const reached = filledIn(definition.name, definition.reached, own);
      await mkdir(workspace, { recursive: true, mode: 0o700 });
      const connection = await Connection.open(
        {
          definition,
          reached,
          env: { ...environment, SPARKY_WORKSPACE: workspace },
          workspace,
          sandbox,
          diskFloor,
          version,
          tail: this.tail,
          legacy: this.#deps.isLegacy(definition.name),
          signIn: this.#deps.signInFor?.(definition, this.#person),
          onToolsChanged: () => this.#lookAgain(),
          keep: (process) => this.#deps.keep(process),
          forget: (process) => this.#deps.forget(process),
        },
        this.#closing.signal,
      );
      this.#connection = connection;
      this.#failures = 0;
      this.#failed = null;
      if (this.#closing.signal.aborted) {
        await connection.close();
        throw this.#closing.signal.reason;
      }
      return connection;
    } catch (error) {
      const pause = PAUSES_MS[Math.min(++this.#failures, PAUSES_MS.length - 1)] ?? 0;
      this.#failed = { error, nextTry: clock.now() + pause };
      this.tail.note(messageOf(error));
      throw error;
    }
  }

  /** The server said that its tools changed: it is asked once at a time, and seldom, however often it says so. */
  #lookAgain(): void {
    const connection = this.#connection;
    const { signal } = this.#closing;
    this.#isStale = this.#looking !== null;
    if (this.#isStale || connection === null || connection.isClosed || signal.aborted) return;
    this.#looking = this.look(connection, signal)
      .catch((error: unknown) => signal.aborted || this.#deps.onError(error))
      .then(() => {
        this.#endPause = this.#deps.clock.after(LOOK_PAUSE_MS, () => {
          this.#looking = null;
          if (this.#isStale) this.#lookAgain();
        });
        if (signal.aborted) this.#endPause();
      });
  }

  /** One look after the other: what was told later is what counts. */
  look(connection: Connection, signal: AbortSignal): Promise<ToolList> {
    const looked = this.#looks.then(async () => {
      signal.throwIfAborted();
      const list = await connection.tools(signal);
      await this.#deps.onSeen(this.#definition.name, { legacy: connection.isLegacy, list });
      return list;
    });
    this.#looks = looked.catch(() => {});
    return looked;
  }
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", onAbort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", onAbort));
}
