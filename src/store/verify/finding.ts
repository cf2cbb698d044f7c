/** One place where the data is not what it must be. */
export interface Finding {
  readonly kind: FindingKind;
  readonly chatId: string | null;
  /** The event that it is about, or the nearest one. */
  readonly seq: number | null;
  /** In words, with the row's own id. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

export type FindingKind =
  /** The database file itself is damaged. */
  | "file"
  /** A backup that cannot be restored. */
  | "restore"
  /** The schema is not what the migrations make: something is missing, or acts that is not Sparky's. */
  | "schema"
  /** A `seq` is missing, or the chat's head is not the last one. */
  | "gap"
  | "head"
  /** An event, or JSON in another row, cannot be read. */
  | "undecodable"
  /** An event's columns are not what its body says. */
  | "columns"
  /** A chat's row is not what its log says. */
  | "chat"
  /** Rows of a chat, run, task or node that is not there. */
  | "orphan"
  | "run"
  /** An ended run has more than one last status, or events behind it. */
  | "end"
  /** A working run is nobody's, or the chat's fence names another one. */
  | "lease"
  | "step"
  /** A tool call without exactly one result behind it. */
  | "call"
  | "approval"
  | "question"
  | "child"
  | "task"
  /** A schedule's ledger is not what its rules and its tasks say. */
  | "schedule"
  /** A row of the audit is missing, or is not what was written. */
  | "audit"
  | "message"
  | "seen"
  | "part"
  | "blob";

export type Report = (finding: Omit<Finding, "chatId">) => void;

/** What was looked at. */
export interface Checked {
  chats: number;
  events: number;
  runs: number;
  steps: number;
  tasks: number;
  blobs: number;
  edges: number;
  /** Runs whose process is gone: the next server goes on with them. */
  resumable: number;
}

export const nothingChecked = (): Checked => ({
  chats: 0,
  events: 0,
  runs: 0,
  steps: 0,
  tasks: 0,
  blobs: 0,
  edges: 0,
  resumable: 0,
});
