import { effortSchema } from "../../core/effort.ts";
import { EFFORTS } from "../../core/efforts.ts";
import { exactLine } from "../../core/exact.ts";
import { workedUntil } from "../../core/run-state.ts";
import { nearSlashes, promptIn, promptName } from "../../core/slash.ts";
import type { Chat, ChatPatch, Compacted, Health, List, Task } from "../../wire/api.ts";
import type { Prompts } from "../../wire/offers.ts";
import type { Skill } from "../../wire/skills.ts";
import { taskWord } from "../../wire/state-words.ts";
import { Failure } from "../console/failure.ts";
import type { Request } from "./link.ts";
import type { Talk } from "./talk.ts";
import { promptLines, promptsOf, usePrompt } from "./slash-prompts.ts";
import { ago, duration, oneLine, shortId } from "../console/text.ts";

export interface SlashCommand {
  readonly name: string;
  /** As the help shows it. */
  readonly args: string;
  readonly summary: string;
  /** What Tab completes behind the name. */
  readonly completes?: "chats";
  readonly run: (talk: Talk, rest: string) => Promise<void> | void;
}

export const SLASH_COMMANDS: readonly SlashCommand[] = [
  { name: "help", args: "", summary: "Show these commands and the keys.", run: help },
  { name: "new", args: "", summary: "Start a new chat.", run: (talk) => talk.startAnew() },
  { name: "chats", args: "", summary: "Choose another chat.", run: chooseChat },
  {
    name: "open",
    args: "ID",
    summary: "Open the chat whose id starts so.",
    completes: "chats",
    run: async (talk, id) => talk.open(await chatIdOf(talk, id)),
  },
  { name: "rename", args: "TITLE", summary: "Give this chat a title.", run: rename },
  {
    name: "compact",
    args: "",
    summary: "Have the model sum up what was said here.",
    run: async (talk) => void (await talk.request<Compacted>("POST", `/api/chats/${here(talk).id}/compact`)),
  },
  { name: "stop", args: "", summary: "Stop what the agent does here, like Ctrl-C.", run: (talk) => talk.stop() },
  { name: "retry", args: "", summary: "Send again what could not be sent.", run: retry },
  { name: "task", args: "TEXT", summary: "Queue a task that works in this chat.", run: addTask },
  { name: "tasks", args: "", summary: "List the newest tasks.", run: listTasks },
  {
    name: "approve",
    args: "[HOW]",
    summary: "Answer the open question: call, run, 1h or a time; without, choose.",
    run: approve,
  },
  { name: "deny", args: "[NOTE]", summary: "Answer the open question with a no; the agent reads the note.", run: deny },
  {
    name: "model",
    args: "[NAME]",
    summary: "Show or choose this chat's model; `default` is the server's.",
    run: model,
  },
  {
    name: "effort",
    args: "[EFFORT]",
    summary: "Show or choose how hard the model thinks here; `default` is the server's.",
    run: effort,
  },
  { name: "export", args: "[FILE]", summary: "Write the whole chat as Markdown to a new file.", run: exportChat },
  { name: "clear", args: "", summary: "Empty the screen; the chat stays as it is.", run: (talk) => talk.clear() },
  { name: "quit", args: "", summary: "Leave; the agent goes on.", run: (talk) => talk.quit() },
];

export const KEYS: readonly (readonly [key: string, does: string])[] = [
  ["Enter", "send"],
  ["Alt-Enter", "a new line"],
  ["Tab", "complete a command, a prompt, an id or a name"],
  ["Up, Down", "what you sent before"],
  ["Ctrl-C", "stop the agent; with nothing to stop, leave"],
  ["Ctrl-D", "leave; the agent goes on"],
];

/** Runs what was typed behind the slash; nothing: lists what there is. */
export async function runSlash(talk: Talk, typed: string): Promise<void> {
  const [, name = "", rest = ""] = /^\/(\S*)\s*([^]*)$/.exec(typed) ?? [];
  const command = SLASH_COMMANDS.find((each) => each.name === name);
  if (command !== undefined) return command.run(talk, rest.trim());
  const [skills, prompts] = await Promise.all([skillNames(talk.request), promptsOf(talk.request)]);
  if (name === "") return listAll(talk, prompts);
  // The agent knows what is asked of it by the name of a skill.
  if (skills.includes(name)) return talk.send("message", typed);
  const found = promptIn(typed, prompts.items);
  if (found !== null) return usePrompt(talk, found.prompt, found.rest);
  const others = [...prompts.items.map(promptName), ...skills];
  const names = [...SLASH_COMMANDS.map((each) => each.name), ...others];
  const near = nearSlashes(name, names);
  const hint = exactLine(near.length === 0 ? "/help" : near.join(" or "));
  const all = names.map((each) => exactLine(`/${each}`));
  const more = all.length > MOST_NAMED ? ` and ${all.length - MOST_NAMED} more, by /` : "";
  throw problem(
    `there is no /${name}`,
    `${hint}, or a space before a message that begins with a slash. There are ${all.slice(0, MOST_NAMED).join(" ")}${more}`,
  );
}

/** Of what there is, for who typed something else. */
const MOST_NAMED = 40;

/** Those that the agent is given; none where the server knows of none. */
export async function skillNames(request: Request): Promise<readonly string[]> {
  const { items } = await request<List<Skill>>("GET", "/api/skills").catch(() => ({ items: [] }));
  return items.flatMap(({ name, used }) => (used ? [name] : []));
}

const problem = (message: string, hint?: string): Failure => new Failure(1, "invalid_input", message, hint);

const commandLines = (): readonly (readonly [usage: string, words: string])[] =>
  SLASH_COMMANDS.map(({ name, args, summary }) => [`/${name} ${args}`.trim(), summary] as const);

function help(talk: Talk): void {
  sayTerms(talk, [...commandLines(), ["", ""], ...KEYS]);
}

function listAll(talk: Talk, prompts: Prompts): void {
  const lines = promptLines(prompts);
  sayTerms(talk, [...commandLines(), ["", ""], ...lines]);
}

/** What is longer than most stands before its words without a column of its own. */
const MOST_TERM = 32;

function sayTerms(talk: Talk, terms: readonly (readonly [term: string, words: string])[]): void {
  const width = Math.max(...terms.map(([term]) => term.length).filter((length) => length <= MOST_TERM)) + 2;
  talk.say(terms.map(([term, words]) => `${term.padEnd(width - 2)}  ${words}`.trimEnd()).join("\n"), width);
}

async function chooseChat(talk: Talk): Promise<void> {
  const id = await talk.pickChat();
  if (id !== null) await talk.open(id);
}

async function chatIdOf({ request }: Talk, given: string): Promise<string> {
  if (given.length < 4) throw problem("give at least 4 characters of the chat's id", "/chats");
  const query = new URLSearchParams({ prefix: given, limit: "2" });
  const { items } = await request<List<Chat>>("GET", `/api/chats?${query}`);
  const only = items.find(({ id }) => id === given) ?? (items.length === 1 ? items[0] : undefined);
  if (only !== undefined) return only.id;
  throw problem(
    items.length === 0 ? `no chat starts with "${given}"` : `several chats start with "${given}"`,
    "/chats",
  );
}

function here({ chat }: Talk): Chat {
  if (chat === null) throw problem("nothing has been said here yet");
  return chat;
}

async function rename(talk: Talk, title: string): Promise<void> {
  const { id } = here(talk);
  if (title === "") throw problem("the title is missing", "/rename Holidays in May");
  await talk.request<Chat>("PATCH", `/api/chats/${id}`, { title });
}

function retry(talk: Talk): void {
  if (!talk.retry()) throw problem("everything has been sent");
}

async function addTask(talk: Talk, text: string): Promise<void> {
  if (text === "") throw problem("the instruction is missing", "/task Check knowledge graph stats");
  talk.send("task", text);
  const { agentLoop } = await talk.request<Health>("GET", "/health");
  if (!agentLoop)
    talk.say("No agent loop is running, so nothing will work on it yet: sparky chat restart --agent-loop");
}

async function listTasks(talk: Talk): Promise<void> {
  const { items } = await talk.request<List<Task>>("GET", "/api/tasks?limit=10");
  if (items.length === 0) return talk.say("No tasks. Queue one: /task TEXT");
  const rows = items.map(
    (task) =>
      `${shortId(task.id)}  ${taskWord(task).padEnd(9)}  ${took(task, talk.now()).padEnd(8)}  ${oneLine(task.instruction)}`,
  );
  talk.say(rows.join("\n"));
}

function took(task: Task, now: number): string {
  if (task.startedAt === null) return ago(task.createdAt, now);
  return duration(workedUntil(now, task));
}

async function approve(talk: Talk, rest: string): Promise<void> {
  if (rest === "") return talk.answer(null);
  return talk.answer({ decision: "approve", scope: scopeOf(rest, talk.now()) });
}

/** `call`, `run`, so many hours or minutes from now, or a time in this machine's zone. */
export function scopeOf(text: string, now: number): string {
  if (text === "call" || text === "run") return text;
  const [, count = "", unit = ""] = /^(\d{1,4})(m|h|d)$/.exec(text) ?? [];
  const ms = Number(count) * (unit === "m" ? 60_000 : unit === "h" ? 3_600_000 : 86_400_000);
  const at = unit !== "" ? new Date(now + ms) : /^\d{4}-\d\d-\d\dT/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(at.getTime())) {
    throw problem(`"${text}" says nothing of how far the yes goes`, "/approve, /approve run, /approve 1h, /approve 7d");
  }
  return `until ${at.toISOString()}`;
}

async function deny(talk: Talk, note: string): Promise<void> {
  await talk.answer({ decision: "deny", ...(note !== "" && { note }) });
}

async function model(talk: Talk, name: string): Promise<void> {
  const own = await chosen(talk, name === "" ? {} : { model: name === "default" ? null : name });
  talk.say(`${name === "" ? "" : "From now on: "}${own.model ?? "the server's model"}`);
}

async function effort(talk: Talk, word: string): Promise<void> {
  if (word !== "" && word !== "default" && !effortSchema.safeParse(word).success) {
    return talk.say(`${JSON.stringify(word)} is no effort: default, ${EFFORTS.join(", ")}`);
  }
  const own = await chosen(talk, word === "" ? {} : { effort: word === "default" ? null : effortSchema.parse(word) });
  talk.say(`${word === "" ? "" : "From now on: "}${own.effort ?? "as the server has it"}`);
}

/** What is chosen here, after a change; where nothing has been said yet, what the chat will begin with. */
async function chosen(
  talk: Talk,
  change: Pick<ChatPatch, "model" | "effort">,
): Promise<Pick<ChatPatch, "model" | "effort">> {
  if (talk.chat === null) {
    talk.beginWith({
      ...("model" in change && { model: change.model ?? undefined }),
      ...("effort" in change && { effort: change.effort ?? undefined }),
    });
    return talk.beginning;
  }
  const path = `/api/chats/${talk.chat.id}`;
  return Object.keys(change).length === 0 ? talk.request<Chat>("GET", path) : talk.request<Chat>("PATCH", path, change);
}

async function exportChat(talk: Talk, file: string): Promise<void> {
  const { exportTo } = await import("./slash-export.ts");
  talk.say(`Written to ${await exportTo(talk.request, here(talk), file)}`);
}
