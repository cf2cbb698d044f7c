import type { Effort } from "../core/effort.ts";
import type { Log } from "../core/log.ts";
import type { Reference } from "../core/references.ts";
import type { Registry } from "../tools/registry.ts";
import type { Principal } from "../tools/tool.ts";
import type { Model } from "../models/model.ts";
import type { KeptLogs } from "./kept-logs.ts";
import type { Windows } from "./window.ts";
import type { Store, Tx } from "../store/database/store.ts";
import type { Claimed } from "../store/runs/claim.ts";

/** What all runs of this process work with. */
export interface WorkDeps {
  readonly store: Store;
  /**
   * The tools of a run, asked for once when its work starts and fixed from then on. It never waits for what is outside of
   * the database: whoever's tools are slow must not keep a run from starting.
   */
  toolsFor(claimed: Claimed, principal: Principal): Promise<Registry<Tx>>;
  /** What the run's system text says of skills: the same at each call of a run, however often it is taken up. */
  skillsFor(claimed: Claimed, principal: Principal): Promise<string>;
  /**
   * The model for a chat's own choice; null: the instance's, or from 1 on what stands in for it. Throws `model_unset` where it cannot be
   * used as things are set.
   */
  modelFor(choice: string | null, place?: number): Model;
  /** How hard a model thinks where nobody has chosen; undefined: as its provider does by itself. */
  effort?(): Effort | null;
  /** The ids of those that stand in for the instance's model; undefined: none do. */
  fallbacks?(): readonly string[];
  /** Reads what messages refer to at tool servers; undefined: they refer to nothing. */
  readonly resources?: {
    /** The names of the servers that this person's runs have. */
    names(principal: Principal): Promise<readonly string[]>;
    /** Throws what there is to say where it cannot be read. */
    read(principal: Principal, reference: Reference, signal: AbortSignal): Promise<string>;
  };
  /** Ends what a run has left at work beside itself in this process: its work here is over. */
  leftRun?(runId: string): Promise<void>;
  /** Brings in what is known before each run; undefined: it does not. */
  readonly recall?: boolean;
  readonly windows: Windows;
  readonly logs: KeptLogs;
  /** The folder with one folder for each user. */
  readonly workspaces: string;
  readonly timeZone: string;
  /** In [0, 1): jitter. */
  readonly chance: () => number;
  readonly log: Log;
}

/** What one run works with: its own tools too. */
export interface AgentDeps extends WorkDeps {
  readonly registry: Registry<Tx>;
  readonly skills: string;
}

/** Why a run's signal aborts. */
export type AbortReason = "stop" | "shutdown" | "lost";

export class RunAborted extends Error {
  readonly reason: AbortReason;
  constructor(reason: AbortReason) {
    super(`the run was aborted: ${reason}`);
    this.name = "RunAborted";
    this.reason = reason;
  }
}

/** The run may not go on: its reason is for people. */
export class RunRefused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "RunRefused";
  }
}

/** The reason that this signal aborted with; undefined while it has not, or for somebody else's abort. */
export function abortReason(signal: AbortSignal): AbortReason | undefined {
  const reason: unknown = signal.reason;
  return reason instanceof RunAborted ? reason.reason : undefined;
}
