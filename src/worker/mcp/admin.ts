import { isSparkyError, messageOf, notFound, SparkyError } from "../../core/errors.ts";
import type { Json } from "../../core/events.ts";
import { exactLine } from "../../core/exact.ts";
import { shorten } from "../../core/text.ts";
import { referenceText } from "../../core/references.ts";
import { shellWord } from "../../core/shell-word.ts";
import type { McpToolRow } from "../../store/database/schema.ts";
import type { Store } from "../../store/database/store.ts";
import { approveTool, mcpTools, refusalOf } from "../../store/mcp/tools.ts";
import type { ServerDefinition } from "../../tools/mcp/definition.ts";
import { toolName } from "../../tools/mcp/names.ts";
import type { Person } from "../../tools/mcp/servers.ts";
import { NeedsAnswer } from "../../tools/needs-answer.ts";
import type { PolicyChange } from "../tools-file.ts";
import { SignInNeeded } from "../../tools/mcp/sign-in.ts";
import type { Tool } from "../../tools/tool.ts";
import type { McpResult, McpServer, McpServers, ToolInfo } from "../../wire/mcp.ts";
import type { DecideTools } from "../../wire/changes.ts";
import { MAX_TEXT_BYTES } from "../../wire/limits.ts";
import type { Prompts, Resources } from "../../wire/offers.ts";
import { CALL_MS, LOOK_MS } from "../../wire/patience.ts";
import { takeBegunSignIn } from "./begun-sign-ins.ts";
import { decideTools } from "./changes.ts";
import type { McpDesk } from "./desk.ts";
import { isIncluded, type KnownServer } from "./given.ts";
import { policyShown } from "./policy-shown.ts";
import type { Browser, SignedOut } from "./sign-ins.ts";

/** What people see of tools and their servers, and what they do with them. */

export interface AdminDeps {
  readonly store: Store;
  desk(): Promise<McpDesk>;
  /** As a run of this person's would be given them. */
  toolsFor(person: Person): Promise<readonly Tool<never>[]>;
  /** Keeps who may let a tool's calls happen. */
  setPolicy(name: string, change: PolicyChange): void;
}

export class McpAdmin {
  readonly #deps: AdminDeps;

  constructor(deps: AdminDeps) {
    this.#deps = deps;
  }

  async tools(person: Person): Promise<readonly ToolInfo[]> {
    const tools = await this.#deps.toolsFor(person);
    const from = new Map<
      string,
      { readonly server: string; readonly tool: string; readonly hints: ToolInfo["hints"] }
    >();
    for (const { server, name: tool, pinned } of await mcpTools(this.#deps.store)) {
      const { hints } = JSON.parse(pinned ?? '{"hints":{}}') as { hints: ToolInfo["hints"] };
      from.set(toolName(server, tool), { server, tool, hints });
    }
    return Promise.all(
      tools.map(async (tool) => {
        const { name, description, effect, idempotent, parameters, deferred = false } = tool;
        return {
          ...{ name, description, server: null, tool: null, hints: {} },
          ...from.get(name),
          effect,
          ...(await policyShown(tool)),
          idempotent,
          schema: parameters,
          bytes: Buffer.byteLength(JSON.stringify({ name, description, parameters })),
          deferred,
        };
      }),
    );
  }

  /** Those that may have secrets unasked, and which. */
  async toolsWithSecrets(person: Person) {
    const tools = await this.#deps.toolsFor(person);
    return tools.flatMap(({ name, secrets = [] }) => (secrets.length === 0 ? [] : [{ name, secrets }]));
  }

  async setPolicy(person: Person, name: string, change: PolicyChange): Promise<ToolInfo> {
    const found = async () => (await this.tools(person)).find((each) => each.name === name);
    if ((await found()) === undefined) throw notFound(`a tool called ${JSON.stringify(name)}`);
    this.#deps.setPolicy(name, change);
    const tool = await found();
    if (tool === undefined) throw notFound(`a tool called ${JSON.stringify(name)}`);
    return tool;
  }

  async servers(person: Person): Promise<McpServers> {
    const desk = await this.#deps.desk();
    const known = await desk.known();
    const rows = Map.groupBy(await mcpTools(this.#deps.store), (row) => row.server);
    const items = await Promise.all(known.map((each) => shown(desk, each, rows.get(each.row.name) ?? [], person)));
    const invalid = desk.file.read.problems.map(({ server, message }) => invalidServer(server, message));
    const all = [...items, ...invalid].toSorted((one, other) => (one.name < other.name ? -1 : 1));
    return { items: all, next: null, total: all.length, file: desk.file.path, problem: desk.file.problem };
  }

  async server(person: Person, name: string): Promise<McpServer> {
    const { items } = await this.servers(person);
    const found = items.find((item) => item.name === name);
    return found ?? (await (await this.#deps.desk()).server(name), Promise.reject(new Error(name)));
  }

  async log(person: Person, name: string): Promise<string> {
    const desk = await this.#deps.desk();
    const { definition } = await desk.server(name);
    return desk.servers.logOf(definition.name, person);
  }

  /** What is added is looked at by whoever asks next: a server that is slow must not hold up its adding. */
  async add(text: string): Promise<readonly string[]> {
    const { file } = await this.#deps.desk();
    const { addToFile } = await import("./edit.ts");
    const { asJson } = await import("./yaml.ts");
    return addToFile(file.path, await asJson(text)).servers.map(({ name }) => name);
  }

  async remove(name: string): Promise<void> {
    const { file } = await this.#deps.desk();
    const { removeFromFile } = await import("./edit.ts");
    removeFromFile(file.path, name);
    await (await this.#deps.desk()).known();
  }

  async enable(name: string, enabled: boolean): Promise<void> {
    const { file } = await this.#deps.desk();
    const { enableInFile } = await import("./edit.ts");
    enableInFile(file.path, name, enabled);
    await (await this.#deps.desk()).known();
  }

  /** Starts it anew and looks at its tools; a failure is in what is shown of it. */
  async test(person: Person, name: string): Promise<void> {
    const desk = await this.#deps.desk();
    const { definition } = await desk.server(name);
    if (!definition.enabled) {
      throw new SparkyError("conflict", `the server ${name} is disabled`, {
        hint: `enable it: sparky mcp enable ${shellWord(name)}`,
      });
    }
    if (desk.servers.stateOf(name, person).state !== "ready") await desk.servers.end(name, person);
    await this.#within(LOOK_MS, (signal) => desk.look(definition, person, signal)).catch((error: unknown) => {
      if (!isSparkyError(error)) throw error;
    });
  }

  /** The page on which the person signs in at the server; null: there is no need to. */
  async login(person: Person, name: string, from: Browser | null): Promise<string | null> {
    const desk = await this.#deps.desk();
    const { definition } = await desk.server(name);
    desk.signIns.comesFrom(person, from);
    if (!desk.signIns.isFor(definition)) return null;
    if (!desk.signIns.canComeBack(person)) {
      throw new SparkyError("conflict", "a browser can come back from a sign-in only while Sparky's server runs", {
        hint: "start it: sparky chat start",
      });
    }
    await desk.servers.end(name, person);
    try {
      await this.#within(LOOK_MS, (signal) => desk.look(definition, person, signal));
      return null;
    } catch (error) {
      if (!(error instanceof SignInNeeded)) throw error;
      return desk.signIns.begin(definition, person, error, from);
    }
  }

  /**
   * The browser is back from a server's sign-in, in a session of ours or in none: which server, and whether it went there from a
   * page of ours. Whoever comes with a word that is nobody's has nothing done for them.
   */
  async signedIn(
    answer: URLSearchParams,
    session: () => Promise<string | null>,
  ): Promise<{ readonly server: string; readonly isOurs: boolean }> {
    const begun = await takeBegunSignIn(this.#deps.store, answer.get("state") ?? "", session);
    const { server, userId } = begun;
    const refused = answer.get("error");
    if (refused !== null)
      throw new SparkyError("conflict", `the server ${server} did not sign you in: ${exactLine(refused, 100)}`);
    const desk = await this.#deps.desk();
    const { definition } = await desk.server(server);
    try {
      await desk.signIns.finish(definition, begun, answer);
    } catch (error) {
      if (isSparkyError(error)) throw error;
      const why = exactLine(shorten(messageOf(error), 2000));
      throw new SparkyError("unavailable", `the server ${server} did not sign you in: ${why}`, { cause: error });
    }
    await desk.servers.end(server, { userId });
    await this.test({ userId }, server);
    return { server, isOurs: begun.session !== null };
  }

  async logout(person: Person, name: string): Promise<SignedOut> {
    const desk = await this.#deps.desk();
    const { definition } = await desk.server(name);
    const done = await desk.signIns.signOut(definition, person);
    await desk.servers.end(name, person);
    return done;
  }

  async restart(person: Person, name: string): Promise<void> {
    const desk = await this.#deps.desk();
    await desk.server(name);
    await desk.servers.end(name);
    await this.test(person, name);
  }

  /** Says yes to a change that waits, as it was shown; without a tool to all of the server's. */
  async approve(person: Person, name: string, tool?: string, digest?: string): Promise<void> {
    const { waiting } = await this.server(person, name);
    const meant = waiting.filter((each) => tool === undefined || each.tool === tool);
    if (meant.length === 0) throw new SparkyError("not_found", `nothing of ${name} waits for an answer`);
    for (const each of meant) {
      await this.#deps.store.transact((tx) => approveTool(tx, name, each.tool, digest ?? each.digest));
    }
    (await this.#deps.desk()).approved(name);
  }

  /** A person's answer to tools as they were shown. */
  async decide(name: string, answer: DecideTools, by: string): Promise<void> {
    const desk = await this.#deps.desk();
    await desk.server(name);
    await decideTools(this.#deps.store, name, answer, by);
    if (answer.decision === "approve") desk.approved(name);
  }

  async #within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const limit = new AbortController();
    const late = new SparkyError("unavailable", `it took more than ${ms / 1000} s`);
    const cancel = this.#deps.store.clock.after(ms, () => limit.abort(late));
    try {
      return await work(limit.signal);
    } finally {
      cancel();
    }
  }

  /** Those with all words of `query` in their name, address or server; at most `limit` of them. */
  async resources(person: Person, query: string, limit: number): Promise<Resources> {
    const { items, problems } = await (await this.#deps.desk()).offers.resources(person);
    const found = items.filter(({ server, uri, name }) => hasWords(`@${server}:${uri} ${name}`, query));
    const shown = found.slice(0, limit).map((each) => ({ ...each, reference: referenceText(each) }));
    return { items: shown, next: null, total: found.length, problems: [...problems] };
  }

  async prompts(person: Person): Promise<Prompts> {
    const { items, problems } = await (await this.#deps.desk()).offers.prompts(person);
    const all = items.map(({ args, ...each }) => ({ ...each, args: [...args] }));
    return { items: all, next: null, total: all.length, problems: [...problems] };
  }

  /** A prompt's words, filled in; `server` null: of the home. */
  async prompt(
    person: Person,
    server: string | null,
    name: string,
    args: { readonly [name: string]: string },
  ): Promise<string> {
    const { offers } = await this.#deps.desk();
    const text = await this.#within(LOOK_MS, (signal) => offers.prompt(person, server, name, args, signal));
    const bytes = Buffer.byteLength(text);
    if (bytes <= MAX_TEXT_BYTES) return text;
    throw new SparkyError("too_large", `the prompt has ${bytes} bytes, more than the ${MAX_TEXT_BYTES} of a message`);
  }

  /** A person's own call, outside of any run. */
  async call(person: Person, name: string, tool: string, args: { readonly [key: string]: Json }): Promise<McpResult> {
    const desk = await this.#deps.desk();
    const { definition } = await desk.server(name);
    const { clock } = this.#deps.store;
    const started = clock.now();
    const done = (result: Json, error: string | null): McpResult => ({
      ok: error === null,
      result,
      error,
      durationMs: Math.max(0, clock.now() - started),
    });
    try {
      const call = (signal: AbortSignal) => desk.servers.call(definition, person, { tool, args }, signal);
      return done(await this.#within(CALL_MS, call), null);
    } catch (error) {
      if (error instanceof NeedsAnswer) return done(null, `it asks somebody: ${error.asked.text}`);
      const hint = isSparkyError(error) && error.hint !== undefined ? ` (${error.hint})` : "";
      return done(null, messageOf(error) + hint);
    }
  }
}

async function shown(
  desk: McpDesk,
  { definition, row }: KnownServer,
  rows: readonly McpToolRow[],
  person: Person,
): Promise<McpServer> {
  const { name, reached, enabled, shared } = definition;
  const state = desk.servers.stateOf(name, person);
  const offered = rows.filter((tool) => tool.pinned !== null && tool.gone === 0 && isIncluded(definition, tool.name));
  const failed = state.state === "failed" ? state : null;
  const signedIn = await desk.signIns.stateOf(definition, person);
  const again = signedIn?.again ?? null;
  return {
    name,
    by: reached.by,
    reached: reachedWords(definition),
    state: !enabled ? "disabled" : again === null ? state.state : "sign_in_again",
    error: again ?? failed?.error ?? null,
    hint: again === null ? (failed?.hint ?? null) : `sign in again: sparky mcp login ${shellWord(name)}`,
    signedIn: signedIn !== null,
    pid: state.state === "ready" ? state.pid : null,
    sandbox: reached.by === "stdio" && reached.sandbox !== null ? { network: reached.sandbox.network } : null,
    shared,
    tools: row.seen_at === null ? null : offered.length,
    waiting: await waitingOf(rows.filter((tool) => tool.waiting !== null && tool.gone === 0)),
    refused: (desk.refused.get(name) ?? []).map((each) => ({ tool: each.name, why: each.refused })),
    warnings: desk.file.read.warnings.filter(({ server }) => server === name).map(({ message }) => message),
  };
}

function hasWords(text: string, query: string): boolean {
  const lower = text.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

const reachedWords = ({ reached }: ServerDefinition): string =>
  reached.by === "http" ? reached.url : [reached.command, ...reached.args].join(" ");

function invalidServer(name: string, error: string): McpServer {
  return {
    ...{ name, by: "stdio", reached: "", state: "invalid", error, hint: null, pid: null, shared: false, tools: null },
    ...{ sandbox: null, signedIn: false, waiting: [], refused: [], warnings: [] },
  };
}

async function waitingOf(rows: readonly McpToolRow[]): Promise<McpServer["waiting"]> {
  if (rows.length === 0) return [];
  const { DiffTime, diffOf, prettyLines } = await import("./tool-diff.ts");
  const lines = (json: string | null): string => (json === null ? "" : prettyLines(JSON.parse(json)));
  const time = new DiffTime();
  const told: McpServer["waiting"][number][] = [];
  for (const row of rows) {
    const { name, pinned, waiting, waiting_digest, refused_digest } = row;
    told.push({
      tool: name,
      change: pinned === null ? "new" : "changed",
      digest: waiting_digest ?? "",
      diff: await time.spend((mostMs) => diffOf(lines(pinned), lines(waiting), mostMs)),
      refused: refused_digest === waiting_digest,
      refusal: refusalOf(row),
    });
  }
  return told;
}
