import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Chat, List } from "../../src/wire/api.ts";
import { real } from "../kit/mcp/servers.ts";
import { tempHome } from "../kit/temp-home.ts";
import { pacedProvider, type Question, type Reply } from "./paced-provider.ts";
import { Sparky } from "./sparky-process.ts";
import { Terminal } from "./terminal.ts";

vi.setConfig({ testTimeout: 300_000 });

const STORY = Array.from({ length: 30 }, (_, n) => `Sentence ${n + 1} of the story.`).join(" ");

type Answer = (question: Question) => Reply;

async function server(answer: Answer, env: { [name: string]: string } = {}): Promise<Sparky> {
  return (await served(answer, env)).sparky;
}

async function served(answer: Answer, env: { [name: string]: string } = {}) {
  const provider = await pacedProvider(answer);
  onTestFinished(() => provider[Symbol.asyncDispose]());
  const sparky = await Sparky.start({ SPARKY_MODEL: "compatible/some-model", SPARKY_MODEL_URL: provider.url, ...env });
  onTestFinished(() => sparky[Symbol.asyncDispose]());
  return { sparky, provider };
}

function terminal(sparky: Sparky, args: readonly string[], size: { columns?: number; rows?: number } = {}): Terminal {
  const opened = Terminal.open(sparky.home, args, size);
  onTestFinished(() => opened[Symbol.asyncDispose]());
  return opened;
}

/** A person needs longer than this to read a question; what is answered sooner does not count. */
const READ_MS = 800;

const times = (text: string, words: string): number => text.split(words).length - 1;

const clockThenStory = ({ results }: Question): Reply =>
  results === 0 ? { reasoning: "First the clock.", calls: ["current_time"] } : { words: STORY, pieceMs: 8 };

test("F62 the terminal client holds a chat: what is sent, thought, done and said stands there once, live and later", async () => {
  const sparky = await server(clockThenStory);
  const at = terminal(sparky, ["chat"]);
  await at.sees("a new chat · /help");
  at.enter("Tell me a story");
  await at.sees("Working");
  await at.sees("Sentence 12 of");
  await at.sees("✓ Done");
  for (const words of [
    "› Tell me a story",
    "~ First the clock.",
    "✓ current_time",
    "Sentence 1 of",
    "Sentence 30 of",
  ]) {
    expect(times(at.text, words), `${words} on\n${at.text}`).toBe(1);
  }
  at.press("\u0004");
  expect(await at.left()).toBe(0);
  await at.sees("Go on: sparky chat --chat ");

  const again = terminal(sparky, ["client", "start"]);
  await again.sees("/help");
  const shown = (text: string): string => text.slice(text.indexOf("~ First"), text.indexOf("✓ Done"));
  expect(shown(again.text)).toBe(shown(at.text));
  again.enter("/quit");
  expect(await again.left()).toBe(0);
  const history = join(sparky.home, "history");
  expect(statSync(history).mode & 0o777).toBe(0o600);
});

test("F85 what is typed before the terminal is up is taken line by line, so that a command is one", async () => {
  const asked: string[] = [];
  const sparky = await server(({ text }) => {
    asked.push(String(JSON.parse(text)));
    return { words: "Here I am." };
  });
  const at = terminal(sparky, ["chat", "--new"]);
  // Before the program has even started; the last line has no Enter yet.
  at.press("First of all\r/tasks\rAnd half");
  await at.sees("Here I am.");
  await at.sees("No tasks");
  await at.sees("› And half");
  at.press(" more\r");
  await vi.waitUntil(() => asked.length === 2, { timeout: 60_000, interval: 20 });
  expect(asked).toEqual(["First of all", "And half more"]);
  at.press("\u0004");
  expect(await at.left()).toBe(0);
  const { items } = await sparky.api<List<Chat>>("GET", "/api/chats");
  expect(items).toHaveLength(1);
});

test("the model, the effort and the events that `chat` is begun with hold for its chat, each alone too", async () => {
  const sparky = await server(() => ({ words: "Here I am." }));
  const at = terminal(sparky, ["chat", "--new", "--effort", "low"]);
  await at.sees("/help");
  at.enter("/effort");
  await at.sees(/^ +low$/m);
  at.enter("/quit");
  expect(await at.left()).toBe(0);
  const again = terminal(sparky, ["chat", "--events=all", "--model", "demo"]);
  await again.sees("/help");
  again.enter("/model");
  await again.sees(/^ +demo$/m);
  again.enter("/effort");
  await again.sees(/^ +low$/m);
  again.enter("/quit");
  expect(await again.left()).toBe(0);
});

test("the model and the effort that are chosen before anything is said are what the chat begins with, and no chat is made for that", async () => {
  const sparky = await server(() => ({ words: "Here I am." }));
  const at = terminal(sparky, ["chat", "--new"]);
  await at.sees("/help");
  at.enter("/effort high");
  await at.sees("From now on: high");
  at.enter("/model demo");
  await at.sees("From now on: demo");
  expect((await sparky.api<List<Chat>>("GET", "/api/chats")).items).toEqual([]);
  at.enter("What time is it?");
  await at.sees("current_time");
  at.enter("/effort");
  await at.sees(/^ +high$/m);
  const { items } = await sparky.api<List<Chat>>("GET", "/api/chats");
  expect(items).toMatchObject([{ model: "demo", effort: "high" }]);
  at.enter("/quit");
  expect(await at.left()).toBe(0);
});

test("F26 Ctrl-C stops what the agent does, and with nothing to stop it leaves", async () => {
  const { sparky, provider } = await served(() => ({ words: STORY }));
  using _held = provider.hold("story");
  const at = terminal(sparky, ["chat", "--new"]);
  await at.sees("/help");
  at.enter("Tell me a story");
  await at.sees("Sentence 2 ");
  at.press("\u0003");
  await at.sees("⊘ Cancelled by owner");
  await at.sees("[cut off]");
  expect(times(at.text, "Sentence 1 of")).toBe(1);
  await at.sees(/· \/help\n/);
  at.press("\u0003");
  expect(await at.left()).toBe(130);
});

test("F1 F7 F20 a server that is killed and started elsewhere: nothing is missed, nothing doubled, and what was sent meanwhile arrives once", async () => {
  const { sparky, provider } = await served(({ text }) => ({ words: text.includes("second") ? "Two." : STORY }));
  const held = provider.hold("first");
  const at = terminal(sparky, ["chat"]);
  await at.sees("/help");
  at.enter("the first");
  await at.sees("Sentence 5 ");
  await sparky.kill("SIGKILL");
  held[Symbol.dispose]();
  await at.sees("Reconnecting");
  at.enter("the second");
  await at.sees("sending…");
  await sparky.startServer();
  await at.sees("Two.");
  await at.sees(/✓ Done[^]*· \/help/);
  const [chat] = (await sparky.api<List<Chat>>("GET", "/api/chats")).items;
  const log = await sparky.log(chat?.id ?? "");
  const told = log.flatMap((event) =>
    event.type === "message" && event.data.role === "user" ? [event.data.text] : [],
  );
  expect(told).toEqual(["the first", "the second"]);
  for (const words of ["› the first", "› the second", "↯", "Two."]) expect(times(at.text, words), at.text).toBe(1);
  expect(at.text).not.toContain("Reconnecting");
});

/** Every command is asked about. */
const NO_SANDBOX = { SPARKY_SHELL: "host" };

const echo = (text: string): Reply => ({
  reasoning: "The shell.",
  calls: [{ name: "shell", args: { command: `echo ${text}` } }],
});

test("a call that asks is shown with its exact arguments, and answered in the terminal", async () => {
  const sparky = await server(
    ({ results }) => (results === 0 ? echo("hi\u001b[2J") : { words: "All right." }),
    NO_SANDBOX,
  );
  const at = terminal(sparky, ["chat"]);
  await at.sees("/help");
  at.enter("Say hi");
  await at.sees("Waits for your approval");
  await at.sees(/"command": "echo hi\\u001b\[2J"/);
  await at.sees(/\? shell .*\/approve or \/deny {2}expires in 7d/);
  await setTimeout(READ_MS);
  at.enter("/approve call");
  await at.sees(/✓ shell .* approved by owner/);
  await at.sees("All right.");

  at.enter("Say hi again");
  await at.sees(/✓ Done[^]*\/approve or \/deny/);
  await setTimeout(READ_MS);
  at.press("\r");
  await at.sees("Yes, shell until midnight");
  at.press("\u001b[A\r");
  await at.sees("› /deny");
  at.press("use the copy\r");
  await at.sees("denied by owner on the command line: use the copy");
  await at.sees(/✓ Done[^]*✓ Done/);
});

test("a question that is answered elsewhere goes away by itself, its list too", async () => {
  const sparky = await server(({ results }) => (results === 0 ? echo("hi") : { words: "Answered." }), NO_SANDBOX);
  const at = terminal(sparky, ["chat"]);
  await at.sees("/help");
  at.enter("Say hi");
  await at.sees("/approve or /deny  expires in");
  await setTimeout(READ_MS);
  at.press("\r");
  await at.sees("Not now");
  const [asked] = (await sparky.api<List<{ id: string }>>("GET", "/api/approvals")).items;
  await sparky.api("POST", `/api/approvals/${asked?.id}`, { decision: "deny", note: "not today" });
  await at.sees("⊘ shell echo hi  denied by owner on the command line: not today");
  await at.sees("Answered.");
  at.enter("/quit");
  expect(await at.left()).toBe(0);
});

test("slash commands work, Tab completes them and ids, and one that does not exist is told the nearest", async () => {
  const sparky = await server(clockThenStory, { SPARKY_ENABLE_AGENT_LOOP: "true" });
  const at = terminal(sparky, ["chat"], { columns: 60, rows: 16 });
  await at.sees("/help");
  at.enter("/tsks");
  await at.sees("there is no /tsks. Try: /tasks");
  at.press("/ta\t");
  await at.sees("/task   /tasks");
  at.press(" Do it\u0015");
  at.enter("/task Do the work");
  await at.sees(/task \w{8} › Do the work/);
  await at.sees("✓ Task completed");
  at.enter("/tasks");
  await at.sees(/\w{8} {2}done +.* Do the work/);
  at.enter("/rename A new name");
  await at.sees('the chat is now called "A new name"');
  await at.sees(/A new name · \w{8} · \/help/);
  at.enter("/new");
  await at.sees("a new chat · /help");
  const [chat] = (await sparky.api<List<Chat>>("GET", "/api/chats")).items;
  at.press(`/open ${chat?.id.slice(0, 5)}\t`);
  await at.sees(`/open ${chat?.id}`);
  at.press("\r");
  await at.sees(/A new name · \w{8} · \/help/);
  at.enter("/model");
  await at.sees("the server's model");
  at.enter("/chats");
  await at.sees("Which chat?");
  at.press("\u001b");
  await at.sees("■");
  at.enter("/help");
  await at.sees("Ctrl-D");
  at.enter(`/export ${join(sparky.home, "chat.md")}`);
  await at.sees("Written to ");
  expect(readFileSync(join(sparky.home, "chat.md"), "utf8")).toContain("Sentence 30 of the story.");
  at.enter(`/export ${join(sparky.home, "chat.md")}`);
  await at.sees(/there is such a file\s+already/);
});

test("pasted lines are one message, and a terminal that becomes narrower still shows one line to write in", async () => {
  const sparky = await server(() => ({ words: "Thank you." }));
  const at = terminal(sparky, ["chat"]);
  await at.sees("/help");
  at.press("\u001b[200~one\rtwo\r\u001b[201~three");
  await at.sees(/› one\n {2}two\n {2}three/);
  at.resize(40, 12);
  at.press("\r");
  await at.sees("Thank you.");
  await at.sees(/✓ Done[^]*· \/help\n›$/);
  const [chat] = (await sparky.api<List<Chat>>("GET", "/api/chats")).items;
  const [first] = (await sparky.log(chat?.id ?? "")).filter((event) => event.type === "message");
  expect(first?.data).toMatchObject({ text: "one\ntwo\nthree" });
  expect(times(at.text, "Thank you.")).toBe(1);
});

test("without a server it says how to start one, and leaves the terminal as it was", async () => {
  const at = Terminal.open(await tempHome(), ["chat"]);
  onTestFinished(() => at[Symbol.asyncDispose]());
  expect(await at.left()).toBe(3);
  await at.sees("try: sparky chat start --agent-loop");
});

test("F5 two terminals show the same chat; a message steers the run from wherever it comes", async () => {
  const { sparky, provider } = await served(({ text }) => ({ words: text.includes("shorter") ? "The end." : STORY }));
  const held = provider.hold("Tell me a story");
  const one = terminal(sparky, ["chat"]);
  await one.sees("/help");
  one.enter("Tell me a story");
  await one.sees("Sentence 2 ");
  const two = terminal(sparky, ["chat"]);
  await two.sees("Sentence 3 ");
  two.enter("Make it shorter");
  await one.sees("› Make it shorter");
  held[Symbol.dispose]();
  for (const each of [one, two]) {
    await each.sees("The end.");
    await each.sees(/✓ Done[^]*\/help\n›$/);
    const story = each.text.slice(each.text.indexOf("› Tell me a story"));
    expect(times(story, "› Make it shorter"), story).toBe(1);
    expect(times(story, "Sentence 30 of"), story).toBe(1);
    expect(times(story, "✓ Done"), story).toBe(1);
  }
});

test("a history that was cut on the server is shown anew from its start", async () => {
  const sparky = await server(() => ({ words: "Thank you." }));
  const at = terminal(sparky, ["chat"]);
  await at.sees("/help");
  at.enter("Keep this");
  await at.sees(/✓ Done[^]*\/help\n›$/);
  await sparky.kill("SIGTERM");
  await at.sees("Reconnecting");
  const copy = join(sparky.home, "copy.db");
  expect(await sparky.run("db", "backup", copy)).toMatchObject({ code: 0 });
  expect(await sparky.run("db", "restore", copy, "--yes")).toMatchObject({ code: 0 });
  await sparky.startServer();
  await at.sees("The history was cut on the server");
  await at.sees(/was cut[^]*› Keep this[^]*Thank you[^]*✓ Done[^]*\/help\n›$/);
  at.enter("And this");
  await at.sees(/And this[^]*✓ Done[^]*\/help\n›$/);
});

test("a tool server's prompt is filled in behind a slash, asked for or given, can be changed, and is sent as the person's words", async () => {
  const asked: string[] = [];
  const sparky = await server(({ text }) => {
    asked.push(String(JSON.parse(text)));
    return { words: "Sunny." };
  });
  const mcpServers = { everything: real("everything", "stdio") };
  writeFileSync(join(sparky.home, "mcp.json"), JSON.stringify({ mcpServers }));
  mkdirSync(join(sparky.home, "prompts"), { recursive: true });
  writeFileSync(join(sparky.home, "prompts", "risky.md"), "/approve run\nand more");
  expect((await sparky.run("mcp", "test", "everything")).code).toBe(0);
  const at = terminal(sparky, ["chat", "--new"], { columns: 100, rows: 40 });
  await at.sees("/help");
  at.enter("/");
  await at.sees("/everything:args-prompt");
  await at.sees("city [state]");
  at.press("/everything:ar\t");
  await at.sees("› /everything:args-prompt");
  at.enter('city="New York" state=NY');
  await at.sees("› What's weather in New York, NY?");
  at.enter(" Thanks");
  await at.sees("Sunny.");
  at.enter("/everything:args-prompt");
  await at.sees("city (Name of the city)");
  at.enter("Rome");
  await at.sees("state (may be left out");
  at.enter("");
  await at.sees("› What's weather in Rome?");
  at.press("\r");
  await vi.waitUntil(() => asked.length === 2, { timeout: 60_000, interval: 20 });
  // Words that begin with a slash are words.
  at.enter("/risky");
  await at.sees("›  /approve run");
  at.press("\r");
  await vi.waitUntil(() => asked.length === 3, { timeout: 60_000, interval: 20 });
  expect(asked.map((words) => words.trim())).toEqual([
    "What's weather in New York, NY? Thanks",
    "What's weather in Rome?",
    "/approve run\nand more",
  ]);
  at.enter("/everything:nothing");
  await at.sees("there is no /everything:nothing");
  await at.sees("There are /help");
  at.press("\u0004");
  expect(await at.left()).toBe(0);
});
