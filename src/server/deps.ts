import type { SkillRoots } from "../skills/places.ts";
import type { McpServerFactory } from "@modelcontextprotocol/server";
import type { Store } from "../store/database/store.ts";
import type { Stopped, User } from "../wire/api.ts";
import type { ModelTest, Models } from "../wire/models.ts";
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
  /** The default model's id. */
  readonly model: string;
  /** Throws `invalid_input` for a model that cannot be used: an unknown name, a missing key. */
  readonly checkModel: (name: string) => void;
  /** How the models are reached, and whether one answers: a tiny real request. */
  readonly models: { overview(): Models; test(name: string | null): Promise<ModelTest> };
  readonly mcp: Pick<McpAdmin, keyof McpAdmin>;
  /** Signs cookies. */
  readonly secret: string;
  /** Where it will listen: the address that links name, and the names that requests may use. */
  readonly host: string;
  readonly port: number;
  /** Further names under which it is reached, as behind a proxy. */
  readonly allowedHosts: readonly string[];
  /** The built web UI; null: there is none. */
  readonly webRoot: string | null;
  readonly stopRun: (
    viewer: User,
    target: { readonly chatId: string } | { readonly runId: string },
  ) => Promise<Stopped>;
  readonly cancelTask: (viewer: User, taskId: string) => Promise<Stopped>;
  /** What was wrong with `SPARKY_SCHEDULES_FILE` at the start, for the owner. */
  readonly scheduleProblems?: readonly string[];
  /** Where skills are looked for. */
  readonly skillRoots: SkillRoots;
  /** What `/mcp` serves; Sparky's own tools by default. */
  readonly serveMcp?: McpServerFactory;
  /** Between heartbeats of a socket; 15 s by default. */
  readonly pingMs?: number;
}
