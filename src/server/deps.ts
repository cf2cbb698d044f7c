import type { Certificate } from "../certificate.ts";
import type { SkillRoots } from "../skills/places.ts";
import type { McpServerFactory } from "@modelcontextprotocol/server";
import type { ModelSetup } from "../models/setup.ts";
import type { Store } from "../store/database/store.ts";
import type { PageReader } from "../tools/web/page-reader.ts";
import type { Stopped, User } from "../wire/api.ts";
import type { ChatContext } from "../wire/context.ts";
import type { Commands } from "../wire/mcp.ts";
import type { McpAdmin } from "../worker/mcp/admin.ts";
import type { Log } from "../core/log.ts";

/** What the chat server is built from. */
export interface ServerDeps {
  readonly store: Store;
  readonly log: Log;
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Whether this process runs the agent loop. */
  readonly agentLoop: boolean;
  /** Which one is the default, how the models are reached, whether one answers, and how that is set. */
  readonly models: Pick<ModelSetup, keyof ModelSetup>;
  readonly mcp: Pick<McpAdmin, keyof McpAdmin>;
  /** How commands are run: tried when it is first asked for. */
  readonly shelter: () => Promise<Commands>;
  /** Signs cookies. */
  readonly secret: string;
  /** Where it will listen: the address that links name, and the names that requests may use. */
  readonly host: string;
  readonly port: number;
  /** Further names under which it is reached, as behind a proxy. */
  readonly allowedHosts: readonly string[];
  /** Where proxies come from whose word of the caller is believed; by default nobody is one. */
  readonly behindProxy?: readonly string[];
  /** What it shows to those who connect; by default it speaks plain HTTP. */
  readonly tls?: Certificate | null;
  /** `session`: approvals are answered only in the browser of a person who is signed in; by default in any way. */
  readonly approveBy?: "any" | "session";
  /** The built web UI; null: there is none. */
  readonly webRoot: string | null;
  readonly stopRun: (
    viewer: User,
    target: { readonly chatId: string } | { readonly runId: string } | { readonly workId: string },
  ) => Promise<Stopped>;
  /** Stops all work of somebody, for a reason that is told with it. */
  readonly stopWorkOf: (by: User, userId: string, why: string) => Promise<void>;
  readonly cancelTask: (viewer: User, taskId: string) => Promise<Stopped>;
  /** What a model was given for a step, or would be given now. */
  readonly contextOf: (
    viewer: User,
    chatId: string,
    at: { readonly runId?: string | undefined; readonly step?: number | undefined },
  ) => Promise<ChatContext>;
  /** What was wrong with `SPARKY_SCHEDULES_FILE` at the start, for the owner. */
  readonly scheduleProblems?: readonly string[];
  /** Where skills are looked for. */
  readonly skillRoots: SkillRoots;
  /** Reads the PDFs that people send; by default in threads of its own. */
  readonly pages?: PageReader;
  /** What `/mcp` serves; Sparky's own tools by default. */
  readonly serveMcp?: McpServerFactory;
  /** Between heartbeats of a socket; 15 s by default. */
  readonly pingMs?: number;
}
