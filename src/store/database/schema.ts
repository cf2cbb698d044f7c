import type { Effort } from "../../core/effort.ts";
import type { Generated } from "kysely";
import type { Unread } from "../../core/events.ts";

/**
 * The tables as Kysely sees them, the same on both engines: times are integer milliseconds, JSON is TEXT, booleans are
 * 0 or 1. The DDL stands in `migrations/`.
 */

export interface ChatRow {
  id: string;
  owner_id: string;
  title: string;
  /** Who named it: a person's name is never replaced. */
  titled_by: "nobody" | "agent" | "person";
  origin: "user" | "task" | "schedule";
  schedule: string | null;
  model: string | null;
  /** How hard its model thinks; null: as the instance says. */
  effort: Effort | null;
  key: string | null;
  /** The log's counter: the `seq` of the last event. */
  head: number;
  /** The fence: the working run and its lease. An append with a fence matches this very row. */
  run_id: string | null;
  run_lease: number | null;
  archived: number;
  /** 0: its runs are given nothing of memory. */
  recall: number;
  created_at: number;
  last_event_at: number;
  /** Hidden at once, purged later; 0 from when the purge has begun. */
  deleted_at: number | null;
}

export interface TokenRow {
  id: string;
  user_id: string;
  name: string;
  hash: string;
  created_at: number;
  /** Names of scopes with spaces between; null: everything. */
  scopes: string | null;
  expires_at: number | null;
  last_used_at: number | null;
}

/** A link by which a chat is shared: see `store/chats/links.ts`. */
export interface ChatLinkRow {
  id: string;
  chat_id: string;
  made_by: string;
  hash: string;
  can_write: number;
  created_at: number;
  expires_at: number;
  revoked_at: number | null;
}

export interface PasskeyRow {
  id: string;
  user_id: string;
  name: string;
  /** The host at which it was added: browsers offer it at no other. */
  address: string;
  /** What the browser calls it. */
  credential: string;
  public_key: string;
  /** As the device counts them, where it does: they only grow. */
  uses: number;
  created_at: number;
  used_at: number | null;
}

/** See `store/audit`. */
export interface AuditRow {
  number: number;
  at: number;
  kind: string;
  user_id: string;
  by_name: string;
  via: string;
  run_id: string | null;
  chat_id: string | null;
  thing: string;
  detail: string | null;
  /** Over the row and the hash of the one before. */
  hash: string;
}

export interface EventRow {
  chat_id: string;
  seq: number;
  type: string;
  at: number;
  run_id: string | null;
  task_id: string | null;
  /** The event as a JSON object, without `chatId` and `seq`. */
  body: string;
}

export interface StepRow {
  run_id: string;
  step: number;
  chat_id: string;
  provider: string;
  model: string;
  /** The last `seq` in the context that the model was given. */
  read_seq: number;
  /** The provider's own messages as JSON, reasoning signatures included. */
  messages: string;
  /** What the model was given, as JSON; null: an older version made it. */
  request: string | null;
  at: number;
}

export interface RunRow {
  id: string;
  chat_id: string;
  task_id: string | null;
  /** Of a task's run: whose work it is, as it was when the run was queued. null: nobody asks. */
  whose: string | null;
  state: "queued" | "working" | "waiting" | "stopping" | "completed" | "failed" | "cancelled";
  priority: number;
  /** Leases so far; also the fence number of the newest. */
  attempt: number;
  /** The process (SQLite) or node (PostgreSQL) that holds the lease. */
  boot_id: string | null;
  /** PostgreSQL only: by the database's clock. */
  lease_until: number | null;
  /** Not before: a task's `runAt`, a back-off's end. */
  not_before: number;
  /** What it waits for; `message`: it was waiting until a person wrote. */
  wait_reason: "approval" | "question" | "tasks" | "retry" | "limit" | "message" | null;
  /** Failed model calls in a row. */
  retries: number;
  /** How often a crash or restart took it from its worker. */
  recoveries: number;
  step: number;
  /** The last `seq` that its last step had read. */
  read_seq: number;
  /** The `seq` of its `queued` event: nothing of the run lies below. */
  first_seq: number;
  reason: string | null;
  stopped_by: string | null;
  /** When the present lease began, and the working time of those before, in milliseconds. */
  lease_at: number | null;
  worked_ms: number;
  input_tokens: number;
  output_tokens: number;
  cost_usd: number | null;
  /** Of the input: what the provider had from the call before. */
  cached_tokens: number;
  /** Which of the models that stand in for the default one it is at; 0: none. */
  fallback: number;
  /** Of which of its task's limits it was told that most is used: their names, with a space behind each. */
  warned: string;
  model: string | null;
  /** `compact`: it sums up what was said, and answers only what comes meanwhile. null: it answers, or is a task's. */
  purpose: "compact" | null;
  queued_at: number;
  started_at: number | null;
  ended_at: number | null;
}

export interface TaskRow {
  id: string;
  owner_id: string;
  chat_id: string;
  instruction: string;
  status: "pending" | "in_progress" | "waiting" | "completed" | "failed" | "cancelled";
  priority: number;
  metadata: string;
  limits: string;
  key: string | null;
  schedule: string | null;
  run_at: number | null;
  attempts: number;
  run_id: string | null;
  result: string | null;
  error: string | null;
  plan_done: number;
  plan_total: number;
  /** Which run added it, the run that everything began with, and how far that is; null and 0: a person's, or a schedule's. */
  parent_run: string | null;
  root_run: string | null;
  depth: number;
  /** Where it comes from and all that it descends from, as words; null: from its author, or its schedule. */
  origins: string | null;
  /** The call that delegated it, of `parent_run`; null: none did. */
  parent_call: string | null;
  /** Lists of tool names as JSON: it may call what is in all of them; null: whatever there is. */
  tools: string | null;
  /** 1: the run that delegated it knows of its end. */
  told: number;
  /** The files of its instruction as JSON, as its event will name them; null: none. */
  attachments: string | null;
  /** Works on it; null: the chat's, else the instance's. */
  model: string | null;
  effort: Effort | null;
  /** The instruction's event, once its first run has started. */
  message_seq: number | null;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
  deleted_at: number | null;
}

/** A file that was sent, whole: its uploader's until it is attached, the chat's from then on. */
export interface FileRow {
  id: string;
  content_id: string;
  owner_id: string;
  chat_id: string | null;
  name: string;
  mime: string;
  size: number;
  sha256: string;
  width: number | null;
  height: number | null;
  /** The parts that its text is in, and their bytes: its own, or what was read in a PDF; null: there is none. */
  text_id: string | null;
  text_size: number | null;
  /** Of a PDF: how many it has, and of how many the text is. */
  pages: number | null;
  read_pages: number | null;
  /** Why nothing of a PDF could be read. */
  unread: Unread | null;
  created_at: number;
}

export interface ApprovalRow {
  id: string;
  chat_id: string;
  run_id: string;
  call_id: string;
  tool: string;
  summary: string;
  /** The exact arguments as JSON, and their digest. */
  args: string;
  args_digest: string;
  state: "requested" | "approved" | "denied" | "expired" | "withdrawn";
  requested_at: number;
  expires_at: number;
  decided_at: number | null;
  decided_by: string | null;
  /** After a yes to exactly this call, and not to one like it, whose work the run does: what it asks to be done is then their own word. */
  author_id: string | null;
  note: string | null;
  /** What people were told of how the call would run: an answer counts only for that. */
  terms: string | null;
  /** Rules that would let the call through, as a JSON list: offered with the question. */
  rules: string | null;
  /** By which credential it was answered. */
  via: string | null;
  /** What the tool touches; null: asked by an older version, or about no tool. */
  effect: "read" | "write" | "external" | null;
}

/** What a call asks of people before it goes on, and their answer: so it outlives every connection. */
export interface QuestionRow {
  id: string;
  chat_id: string;
  run_id: string;
  call_id: string;
  tool: string;
  /** The `seq` of the event that asked: what is said after it may be its answer. */
  asked_seq: number;
  text: string;
  /** Answers to choose from, as JSON; null: none are offered. */
  choices: string | null;
  /** A form's JSON Schema, whose fields the answer has; null: the answer is words. */
  form: string | null;
  /** What the tool wants back with the answer, as JSON. */
  kept: string;
  state: "asked" | "answered" | "expired" | "withdrawn";
  /** As JSON. */
  answer: string | null;
  asked_at: number;
  expires_at: number;
  answered_at: number | null;
  /** Who answered, or declined to; null: nobody did. */
  answered_by: string | null;
  /** By which credential. */
  via: string | null;
}

/** A standing yes: to one tool, for one principal's runs, for one run or until a time. */
export interface GrantRow {
  id: string;
  principal_id: string;
  tool: string;
  run_id: string | null;
  until_at: number | null;
  /** Where the runs come from that it covers, when it holds until a time: as the one that it was given in. */
  origins: string | null;
  /** As those of the approval that it was given with. */
  terms: string | null;
  granted_by: string;
  created_at: number;
  revoked_at: number | null;
}

/** A standing yes to commands that a rule covers; for whom and how long as with a grant. */
export type CommandRuleRow = Omit<GrantRow, "tool"> & { readonly rule: string };

/** A process group that a call started, so that recovery can end what is left of it. */
export interface ToolProcessRow {
  run_id: string;
  call_id: string;
  node: string;
  pgid: number;
  /** When the leader started, in the system's own measure: a number that was used again is told apart by it. */
  started: string;
  /** In the environment of all that it has started; null in rows of an older version. */
  mark: string | null;
}

/** A tool server as `mcp.json` defines it. */
export interface McpServerRow {
  name: string;
  owner_id: string;
  /** As it was written, as JSON: its variables are not filled in. */
  definition: string;
  /** When it was last seen to speak only the revisions before 2026-07-28. */
  legacy_at: number | null;
  /** When its tools were first seen, and pinned. */
  seen_at: number | null;
  applied_at: number;
}

export interface McpToolRow {
  server: string;
  name: string;
  /** What a person's yes, or the first sight, holds for: as JSON, and its digest. null: it was never approved. */
  pinned: string | null;
  pinned_digest: string | null;
  /** What the server tells of it since, if that is something else. */
  waiting: string | null;
  waiting_digest: string | null;
  /** What a person has seen and keeps out; their name, and when they said so, since that is kept. */
  refused_digest: string | null;
  refused_by: string | null;
  refused_at: number | null;
  /** 1: its server has it no more. */
  gone: number;
  changed_at: number;
}

export interface McpProcessRow {
  node: string;
  pgid: number;
  /** When the leader started, as in `tool_processes`. */
  started: string;
  /** In the environment of all that it started. */
  mark: string;
  /** The process of ours that it belongs to. */
  parent: number;
  parent_started: string;
}

export interface NodeRow {
  id: string;
  /** null: shared by all members. */
  owner_id: string | null;
  /** The only chat that knows of it beside its owner: where it was learned, others read too. */
  chat_id: string | null;
  type: string;
  name: string;
  content: string;
  data: string;
  created_at: number;
  updated_at: number;
}

export interface EdgeRow {
  id: string;
  owner_id: string | null;
  chat_id: string | null;
  source: string;
  target: string;
  type: string;
  data: string;
  created_at: number;
}

/** One change of one thing, with what it was and what it became: of both only the fields that differ. */
export interface GraphChangeRow {
  id: Generated<number>;
  thing: "node" | "edge" | "fact";
  thing_id: string;
  /** The node whose page shows it: the node itself, an edge's source, a fact's subject; and an edge's target, a fact's object. */
  node_id: string;
  other_id: string | null;
  /** What the thing was called then. */
  name: string;
  op: "added" | "changed" | "merged" | "removed" | "restored";
  /** As JSON objects; null: it was not there, or is no more. */
  before: string | null;
  after: string | null;
  /** The change that this one belongs to, and is undone with. */
  part_of: number | null;
  undone_by: number | null;
  /** The run that made it, and the event of its call; null: a person did. */
  run_id: string | null;
  chat_id: string | null;
  seq: number | null;
  user_id: string;
  /** Who may see it, as with the thing. */
  owner_id: string | null;
  at: number;
}

export interface ScheduleRow {
  id: string;
  owner_id: string;
  name: string;
  description: string;
  /** The rule in its own words, its time zone, and where an interval counts from. */
  rule: string;
  zone: string;
  anchor: number;
  /** The words themselves, or `file(path)`. */
  prompt: string;
  state: "enabled" | "disabled" | "paused";
  paused_until: number | null;
  pause_reason: string | null;
  catch_up: "skip" | "latest" | "all";
  catch_up_max: number;
  catch_up_age_ms: number;
  overlap: "skip" | "queue" | "cancel";
  on_crash: "retry" | "leave" | "ask";
  jitter_ms: number;
  /** So many failures in a row pause it; 0: never. */
  max_failures: number;
  failures: number;
  /** What is due before this is skipped, after a failure. */
  rest_until: number | null;
  limits: string;
  metadata: string;
  /** Works on its tasks; null: as without one. */
  model: string | null;
  effort: Effort | null;
  /** What its tasks inherit from the run that made it, or gave it its prompt, as JSON; null: they are its owner's own. */
  descent: string | null;
  chat_id: string | null;
  /** Every due instant before this one has its row. */
  settled_to: number;
  next_due: number | null;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
}

/** What a schedule's rule was from one instant on and before another: due instants of the past follow from it. */
export interface ScheduleRuleRow {
  id: string;
  schedule_id: string;
  from_at: number;
  to_at: number | null;
  rule: string;
  zone: string;
  anchor: number;
  state: ScheduleRow["state"];
}

export interface OccurrenceRow {
  id: string;
  schedule_id: string;
  due_at: number;
  /** The last instant, where one row stands for many. */
  until_at: number | null;
  count: number;
  /**
   * 0: an instant of the rule. 1: asked for by a person. 2: written for an instant that had not come, by a clock that was
   * ahead; `start_at` is that instant, `due_at` when it was seen.
   */
  manual: number;
  outcome: "queued" | "ran" | "ran late" | "merged" | "skipped" | "interrupted" | "failed" | "cancelled";
  reason: string | null;
  /** When its work may start: the due instant and its jitter. */
  start_at: number;
  task_id: string | null;
  run_id: string | null;
  started_at: number | null;
  ended_at: number | null;
  created_at: number;
}

export const FACT_KINDS = ["profile", "preference", "decision", "event", "procedure"] as const;
export type FactKind = (typeof FACT_KINDS)[number];
export const FACT_STATUSES = ["proposed", "active", "retired", "forgotten"] as const;
export type FactStatus = (typeof FACT_STATUSES)[number];

/** What is known of a node. Of one that is forgotten the text is gone. Times in milliseconds. */
export interface FactRow {
  id: string;
  /** null: shared by all members. */
  owner_id: string | null;
  /** The only chat, beside its owner, that is to know of it; null: its owner's everywhere. */
  chat_id: string | null;
  subject_id: string;
  /** In snake_case; "" for none. */
  relation: string;
  object_id: string | null;
  text: string;
  kind: FactKind;
  /** 1: a person has said it; 0: it was concluded from what they said. */
  stated: number;
  /** Who said it; null: the agent. */
  author_id: string | null;
  /** Since when and until when it is so, in the world. */
  valid_from: number | null;
  valid_to: number | null;
  /** When it came here, and when it was put aside. */
  recorded_at: number;
  retired_at: number | null;
  superseded_by: string | null;
  uses: number;
  last_used_at: number | null;
  pinned: number;
  status: FactStatus;
}

/** What can be recalled: a message by its place in a chat, a fact or a node. Its words stand as those of a `search_events` row do. */
export interface RecallItemRow {
  id: number;
  kind: "message" | "fact" | "node";
  chat_id: string | null;
  seq: number | null;
  /** Among the items of its chat, from 1, and the place that its session began with. */
  place: number | null;
  session: number | null;
  node_id: string | null;
  fact_id: string | null;
  /** Who said it, or whose it is; "" for what is shared by all. */
  author: string;
  at: number;
  /** In words. */
  length: number;
  tells_time: number;
  only_asks: number;
  /** With repeats, a blank between. */
  stems: string;
}

/** What an item means to an embedding model. */
export interface RecallVectorRow {
  item_id: number;
  /** As the settings name it, with its server's address where that is not the usual one. */
  model: string;
  /** 0: the model takes no such text, or it says nothing. */
  dimensions: number;
  /** Of the text that was given to the model. */
  hash: string;
  /** A byte from -127 to 127 for each dimension. */
  vector: Uint8Array;
  /** In the order of commits. */
  written: number;
}

/** better-auth's table: its boolean and dates are native on PostgreSQL, and 0/1 and ISO text on SQLite. */
export interface UserRow {
  id: string;
  name: string;
  email: string;
  email_verified: boolean | number;
  image: string | null;
  created_at: Date | string;
  updated_at: Date | string;
  /** What somebody may do here: `store/people/access.ts` says it. */
  role: "owner" | "admin" | "member" | "viewer" | "agent";
  /** The name, in small letters: by it somebody signs in with a password. */
  username: Generated<string | null>;
  display_username: Generated<string | null>;
  /** Shut out: no sign-in of theirs holds. */
  banned: Generated<boolean | number>;
  ban_reason: Generated<string | null>;
  ban_expires: Generated<Date | string | null>;
}

/** What a person has said of a skill that lies in a place. */
export interface SkillPinRow {
  /** `personal`: the folder of the account that the server runs under. */
  place: "home" | "workspace" | "personal" | "shipped";
  /** Whose workspace; "" for a place of the whole instance. */
  owner_id: string;
  folder: string;
  state: "approved" | "off";
  /** The version that is meant; null: whatever it is. */
  hash: string | null;
  /** What a person has seen and keeps out; "off" with it is only about that, and not about what comes later. */
  refused_hash: string | null;
  /** Who said so, by name. */
  said_by: string;
  at: number;
}

export interface Schema {
  meta: { key: string; value: string };
  migrations: { number: number; name: string; at: number };
  user: UserRow;
  tokens: TokenRow;
  passkeys: PasskeyRow;
  chats: ChatRow;
  /** `link_id`: the link by which they have it as they have it; null: it was shared with them by hand. */
  chat_shares: { chat_id: string; user_id: string; can_write: number; link_id: string | null };
  chat_links: ChatLinkRow;
  seen: { chat_id: string; user_id: string; seq: number };
  chat_pins: { chat_id: string; user_id: string; at: number };
  chat_tags: { chat_id: string; user_id: string; tag: string };
  /** Whose memory is used whole in a chat, although others read it. */
  chat_memory: { chat_id: string; user_id: string };
  /** `value`: JSON. */
  preferences: { user_id: string; name: string; value: string; at: number };
  events: EventRow;
  steps: StepRow;
  /** System texts and tools as models were given them: `steps` names them by their digests. */
  request_parts: { digest: string; text: string };
  /** Checkpoints of text that is being streamed: not events yet. */
  parts: {
    run_id: string;
    part: string;
    ord: Generated<number>;
    lease: number;
    kind: "message" | "thought";
    text: string;
  };
  message_keys: { chat_id: string; user_id: string; key: string; seq: number; run_id: string };
  runs: RunRow;
  tasks: TaskRow;
  task_deps: { task_id: string; depends_on: string };
  files: FileRow;
  /** Files that come in now. `at`: when something of one came last. */
  file_drafts: { content_id: string; owner_id: string; at: number };
  /** A file's bytes, in order. Chats that were made from one another share them. */
  file_parts: { content_id: string; n: number; data: Uint8Array; created_at: number };
  blobs: { id: string; chat_id: string; sha256: string; size: number; data: Uint8Array; created_at: number };
  approvals: ApprovalRow;
  questions: QuestionRow;
  grants: GrantRow;
  command_rules: CommandRuleRow;
  secrets: { owner_id: string; name: string; sealed: string; set_at: number };
  tool_processes: ToolProcessRow;
  mcp_servers: McpServerRow;
  mcp_tools: McpToolRow;
  mcp_processes: McpProcessRow;
  /** `sealed`: all that lets a person in at the server, by the key of the secrets. */
  mcp_sign_ins: { server: string; user_id: string; sealed: string };
  mcp_begun_sign_ins: { word_hash: string; server: string; user_id: string; sealed: string; until: number };
  /** The tools of servers that a run was given at its start: it has the same to its end. `tools` is a digest of `tool_sets`. */
  run_tools: { run_id: string; tools: string };
  tool_sets: { digest: string; tools: string };
  skill_versions: {
    hash: string;
    name: string;
    description: string;
    by_person_only: number;
    body: string;
    main: string;
    kept_at: number;
  };
  skill_files: { version: string; path: string; size: number; kind: "text" | "bytes"; content: string };
  skill_pins: SkillPinRow;
  run_skills: { run_id: string; skills: string };
  schedules: ScheduleRow;
  schedule_rules: ScheduleRuleRow;
  occurrences: OccurrenceRow;
  chat_spent: { chat_id: string; input_tokens: number; output_tokens: number; cost_usd: number | null };
  /** null: no limit. */
  user_limits: {
    user_id: string;
    requests_day: number | null;
    requests_month: number | null;
    tokens_day: number | null;
    tokens_month: number | null;
    dollars_day: number | null;
    dollars_month: number | null;
    tasks_at_once: number | null;
  };
  /** When it was last told that most of a limit is used: of how much, in the day or month that begins with `period`. */
  user_warned: { user_id: string; name: string; amount: number; period: number };
  /** `at`: the beginning of the quarter of an hour in which it was spent. */
  user_spent: { user_id: string; at: number; requests: number; tokens: number; dollars: number };
  /** How far each chat is in the index of search. */
  search_chats: { chat_id: string; seq: number };
  /** `id` follows the event's time. Its words are beside it: in `search_words` on SQLite, in a column on PostgreSQL. */
  search_events: { id: number; chat_id: string; seq: number };
  /** How far each chat is in the index of recall, and which nodes and facts are to be looked at again. */
  recall_chats: { chat_id: string; seq: number };
  recall_nodes: { node_id: string };
  recall_facts: { fact_id: string };
  /** Messages that say what was forgotten: they stay where they were said, and are recalled no more. */
  recall_hidden: { chat_id: string; seq: number };
  /** Runs that have forgotten something: what they say is recalled no more either. */
  recall_forgot: { run_id: string; chat_id: string };
  recall_items: RecallItemRow;
  /** One row: how many items there are, how many words they have together, and the highest number that one was ever given. */
  recall_extent: { one: number; items: number; words: number; last_id: number };
  recall_vectors: RecallVectorRow;
  /** One row: the number of the last vector that was written, and which node makes them until when. */
  recall_embedding: { one: number; written: number; holder: string; held_until: number };
  /** The words of `recall` events, as models had them. */
  recalled: { chat_id: string; seq: number; text: string };
  /** Which messages, facts and nodes they hold, as these are cited. */
  recalled_items: { item_id: string; chat_id: string; seq: number; run_id: string; at: number };
  nodes: NodeRow;
  edges: EdgeRow;
  graph_changes: GraphChangeRow;
  /** What else a node is called: it was merged with one of this type and name. */
  node_aliases: { node_id: string; type: string; name: string };
  /** They look like one, and are two; `one` is the lesser id. */
  graph_apart: { one: string; other: string; at: number };
  graph_counts: { part: "node" | "edge"; owner_id: string | null; chat_id: string | null; type: string; n: number };
  audit: AuditRow;
  /** One row: the number and the hash of the audit's last row. */
  audit_end: { one: number; number: number; hash: string };
  facts: FactRow;
  /** The messages that say it, by their places. */
  fact_sources: { fact_id: string; chat_id: string; seq: number };
}
