import { join } from "node:path";
import { z } from "zod";
import { messageOf, SparkyError } from "../../core/errors.ts";
import { namesHint } from "../../core/nearest.ts";
import type { Json } from "../../core/events.ts";
import type { Log } from "../../core/log.ts";
import type { Store } from "../../store/database/store.ts";
import { forgetServerProcess, keepServerProcess, serverProcesses } from "../../store/mcp/processes.ts";
import { isLegacy, mcpServers } from "../../store/mcp/servers.ts";
import { keepRunTools, runTools } from "../../store/mcp/run-tools.ts";
import { mcpTools, seeTools } from "../../store/mcp/tools.ts";
import { hasEnded } from "../../store/runs/run.ts";
import type { ToolList } from "../../tools/mcp/connection.ts";
import { readServer, type ServerDefinition } from "../../tools/mcp/definition.ts";
import { goneWithServer, heldFor } from "../../tools/mcp/elicitation.ts";
import { digestOf, offeredToolSchema } from "../../tools/mcp/offered.ts";
import { Servers, type Person, type ServersDeps } from "../../tools/mcp/servers.ts";
import { serverTool, type ServerCall } from "../../tools/mcp/tool.ts";
import type { WebAccess } from "../../tools/web/download.ts";
import { endLeftover, startOf } from "../../tools/shell/processes.ts";
import type { Answered } from "../../tools/needs-answer.ts";
import type { Tool, ToolContext } from "../../tools/tool.ts";
import { DefinitionsFile } from "./file.ts";
import { isFor, isIncluded, type KnownServer } from "./given.ts";
import { Offers } from "./offers.ts";
import { SignIns } from "./sign-ins.ts";

/** Which tools of which servers a run is given, and whose they are. */

export interface DeskDeps extends Pick<ServersDeps, "version" | "workspaces" | "environment" | "lookup" | "sandbox"> {
  readonly store: Store;
  readonly ownerId: string;
  readonly home: string;
  /** Where the prompts stand that come with Sparky. */
  readonly shippedPrompts: string | null;
  readonly log: Log;
  /** How addresses are reached that a server names. */
  readonly web: WebAccess;
  /** Where browsers reach this server; null: it does not listen. */
  readonly base: () => string | null;
}

const keptSchema = z.array(z.object({ server: z.string(), tool: offeredToolSchema }));

export class McpDesk implements AsyncDisposable {
  readonly file: DefinitionsFile;
  readonly servers: Servers;
  readonly signIns: SignIns;
  readonly offers: Offers;
  readonly #deps: DeskDeps;
  /** Tools that their server tells of otherwise than was approved, or tells of no more: by its name. */
  readonly #strayed = new Map<string, ReadonlySet<string>>();
  /** Why tools of a server are not taken, from the last look. */
  readonly refused = new Map<string, ToolList["refused"]>();
  readonly #legacy = new Set<string>();
  readonly #looking = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(deps: DeskDeps) {
    const { store, ownerId, home, shippedPrompts } = deps;
    this.#deps = deps;
    this.file = new DefinitionsFile(store, ownerId, join(home, "mcp.json"));
    const parent = { parent: process.pid, parent_started: startOf(process.pid) ?? "" };
    this.signIns = new SignIns(store, deps.lookup, deps.web, deps.base);
    this.servers = new Servers({
      ...deps,
      signInFor: (definition, person) => this.signIns.for(definition, person),
      clock: store.clock,
      keep: (started) => keepServerProcess(store, { ...started, ...parent }),
      forget: ({ pgid, started }) => forgetServerProcess(store, pgid, started),
      isLegacy: (server) => this.#legacy.has(server),
      onSeen: (server, { legacy, list }) => this.#see(server, legacy, list),
      hasEnded: (runId) => hasEnded(store, runId),
      onError: (error) => deps.log.warn({ err: error }, "a tool server could not be looked at"),
    });
    this.offers = new Offers({
      store,
      home,
      shippedPrompts,
      ownerId,
      servers: this.servers,
      known: () => this.known(),
      server: (name) => this.server(name),
      stopping: this.#stopping.signal,
    });
  }

  /** Ends what a crash of an earlier process has left running on this machine. */
  async sweep(): Promise<void> {
    for (const left of await serverProcesses(this.#deps.store)) {
      if (startOf(left.parent) === left.parent_started) continue;
      await endLeftover(left);
      await forgetServerProcess(this.#deps.store, left.pgid, left.started);
    }
  }

  async known(): Promise<readonly KnownServer[]> {
    const changed = await this.file.apply();
    const rows = await mcpServers(this.#deps.store);
    // What runs by an older definition is ended; it starts again by the new one when it is needed.
    await Promise.all(changed.map((name) => this.servers.end(name)));
    const now = this.#deps.store.clock.now();
    for (const row of rows) {
      if (isLegacy(row, now)) this.#legacy.add(row.name);
      else this.#legacy.delete(row.name);
    }
    return rows.flatMap((row) => {
      try {
        return [{ row, definition: readServer(row.name, JSON.parse(row.definition)).definition }];
      } catch (error) {
        // Applied by another version, on another node: no run fails for it.
        this.#deps.log.warn({ err: error, server: row.name }, "a tool server's definition cannot be read");
        return [];
      }
    });
  }

  /** Throws `not_found`, with the names that there are. */
  async server(name: string): Promise<KnownServer> {
    const known = await this.known();
    const found = known.find(({ definition }) => definition.name === name);
    if (found !== undefined) return found;
    const names = known.map(({ definition }) => definition.name);
    throw new SparkyError("not_found", `no tool server is called ${JSON.stringify(name)}`, {
      hint: namesHint(name, names) ?? "add one: sparky mcp add",
    });
  }

  /**
   * The tools that a person's run is given, by what is on record: no server is waited for. For a run those that nobody has
   * looked at yet are looked at meanwhile, and the next one has their tools; whoever only wants to see what there is starts
   * nothing. A run that goes on has those that it began with.
   */
  async toolsFor(person: Person, runId?: string): Promise<readonly Tool<unknown>[]> {
    const { store } = this.#deps;
    const known = await this.known();
    const kept = runId === undefined ? null : await runTools(store, runId);
    if (kept !== null) return this.#built(known, kept);
    const servers = known.filter(({ row, definition }) => isFor(row, definition, person));
    if (servers.length === 0) return [];
    const tools = Map.groupBy(await mcpTools(store), (row) => row.server);
    const isRun = runId !== undefined;
    for (const { row, definition } of servers) if (isRun && row.seen_at === null) this.#look(definition, person);
    const offered = servers.flatMap(({ definition }) =>
      (tools.get(definition.name) ?? []).flatMap(({ name, pinned, gone }) =>
        pinned === null || gone === 1 || !isIncluded(definition, name)
          ? []
          : [{ server: definition.name, tool: offeredToolSchema.parse(JSON.parse(pinned)) }],
      ),
    );
    const json = JSON.stringify(offered);
    return this.#built(known, runId === undefined ? json : await keepRunTools(store, runId, json));
  }

  #built(known: readonly KnownServer[], json: string): readonly Tool<unknown>[] {
    const definitions = new Map(known.map(({ definition }) => [definition.name, definition]));
    return keptSchema.parse(JSON.parse(json)).map(({ server, tool }) => {
      // One that is gone since is still the run's: its call says so.
      const definition = definitions.get(server) ?? readServer(server, { command: "gone" }).definition;
      return serverTool(definition, tool, (call, context) => this.#call(call, context));
    });
  }

  /** Looks at a server's tools now, and pins what a first sight pins. */
  async look(definition: ServerDefinition, person: Person, limit?: AbortSignal): Promise<ToolList> {
    const { signal } = this.#stopping;
    return this.servers.list(definition, person, limit === undefined ? signal : AbortSignal.any([signal, limit]));
  }

  /** What a person has said yes to may be called from now on; the next look says if it has changed again. */
  approved(server: string): void {
    this.#strayed.delete(server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new SparkyError("unavailable", "this server is stopping"));
    await this.signIns[Symbol.asyncDispose]();
    await this.servers[Symbol.asyncDispose]();
    await Promise.all(this.#looking.values());
  }

  #look(definition: ServerDefinition, person: Person): void {
    const { name } = definition;
    if (this.#looking.has(name)) return;
    const looking = this.look(definition, person)
      .then(
        () => {},
        (error: unknown) => this.#deps.log.warn({ server: name }, `a tool server was not reached: ${messageOf(error)}`),
      )
      .finally(() => this.#looking.delete(name));
    this.#looking.set(name, looking);
  }

  async #see(server: string, legacy: boolean, { tools, refused }: ToolList): Promise<void> {
    const { store, log } = this.#deps;
    const seen = tools.map((tool) => ({
      name: tool.name,
      definition: JSON.stringify(tool),
      digest: digestOf(tool),
    }));
    if (legacy) this.#legacy.add(server);
    this.refused.set(server, refused);
    const waits = await store.transact((tx) => seeTools(tx, server, legacy, seen));
    if (waits.length > 0) log.warn({ server, tools: waits }, "tools are new or changed, and wait for a person's yes");
    const digests = new Map(seen.map(({ name, digest }) => [name, digest]));
    const rows = (await mcpTools(store)).filter((row) => row.server === server);
    const strayed = rows.filter((row) => digests.get(row.name) !== row.pinned_digest).map(({ name }) => name);
    this.#strayed.set(server, new Set(strayed));
  }

  /** What a run was given days ago may be something else now. */
  async #call({ server, tool, args }: ServerCall, context: ToolContext): Promise<Json> {
    const { principal, signal, answer, progress, runId } = context;
    if (answer !== undefined) await this.#checkHeld(server, tool, principal, answer);
    const { definition, row } = await this.server(server).catch((error: unknown) => {
      throw new Error(`not run: ${messageOf(error)}`, { cause: error });
    });
    if (!isFor(row, definition, principal)) throw new Error(`not run: the server ${server} is disabled, or not yours`);
    if (this.servers.stateOf(server, principal).state !== "ready")
      await this.servers.list(definition, principal, signal);
    if (this.#strayed.get(server)?.has(tool) === true) {
      throw new Error(`not run: the server's ${tool} has changed since it was approved, and waits for a person's yes`);
    }
    return this.servers.call(definition, principal, { tool, args, answer, progress, runId }, signal);
  }

  /** Before anything else can be in the way: a call that began, and is gone since, has an unknown outcome. */
  async #checkHeld(server: string, tool: string, person: Person, answer: Answered): Promise<void> {
    const held = heldFor(answer);
    if (held === undefined || this.servers.holds(server, person, held)) return;
    const known = await this.server(server).catch(() => null);
    if (known?.definition.idempotent.includes(tool) !== true) throw goneWithServer(server, answer);
  }
}
