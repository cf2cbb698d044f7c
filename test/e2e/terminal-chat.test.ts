import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Chat, List } from "../../src/wire/api.ts";
import { pacedProvider, type Question, type Reply } from "./paced-provider.ts";
import { Sparky } from "./sparky-process.ts";
import { Terminal } from "./terminal.ts";

vi.setConfig({ testTimeout: 60_000 });

const STORY = Array.from({ length: 30 }, (_, n) => `Sentence ${n + 1} of the story.`).join(" ");

async function server(answer: (question: Question) => Reply, env: { [name: string]: string } = {}): Promise<Sparky> {
  const provider = await pacedProvider(answer);
  onTestFinished(() => provider[Symbol.asyncDispose]());
  const sparky = await Sparky.start({ SPARKY_MODEL: "compatible/some-model", SPARKY_MODEL_URL: provider.url, ...env });
  onTestFinished(() => sparky[Symbol.asyncDispose]());
  return sparky;
}

function terminal(sparky: Sparky, args: readonly string[], size: { columns?: number; rows?: number } = {}): Terminal {
  const opened = Terminal.open(sparky.home, args, size);
  onTestFinished(() => opened[Symbol.asyncDispose]());
  return opened;
}

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

test("Ctrl-C stops what the agent does, and with nothing to stop it leaves", async () => {
  const sparky = await server(() => ({ words: STORY, pieceMs: 200 }));
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

test("a server that is killed and started elsewhere: nothing is missed, nothing doubled, and what was sent meanwhile arrives once", async () => {
  const sparky = await server(({ text }) => ({ words: text.includes("second") ? "Two." : STORY, pieceMs: 20 }));
  const at = terminal(sparky, ["chat"]);
  await at.sees("/help");
  at.enter("the first");
  await at.sees("Sentence 5 ");
  await sparky.kill("SIGKILL");
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
