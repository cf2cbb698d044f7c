import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createChat } from "../../src/store/chats/chats.ts";
import { readEvents } from "../../src/store/log/events.ts";
import { openStore } from "../../src/store/open.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import { sqliteDatabase } from "../kit/engines.ts";
import type { Seen } from "./seen.ts";

const CHILD = join(import.meta.dirname, "killed.ts");
/** A new chat now and then, so that each can be read as a whole. */
const KILLS_PER_CHAT = 50;

/** Kills a process that appends, at a random moment, again and again on the same file. */
export async function kills(times: number): Promise<Seen[]> {
  await using database = await sqliteDatabase();
  const { file } = database.place;
  let acknowledged = 0;
  let lost = 0;
  let gaps = 0;
  let killed = 0;
  while (killed < times) {
    const chatId = await inStore(file, async (store) => {
      const { owner } = await ensureUsers(store);
      return (await createChat(store, owner, {})).chat.id;
    });
    const acks = new Map<number, string>();
    for (let i = 0; i < KILLS_PER_CHAT && killed < times; i++, killed++) {
      for (const line of await appendUntilKilled(file, chatId)) {
        const [seq = "", said = ""] = line.split(" ");
        acks.set(Number(seq), said);
      }
    }
    const events = await inStore(file, (store) => readEvents(store.db, chatId));
    gaps += events.filter(({ seq }, index) => seq !== index + 1).length;
    acknowledged += acks.size;
    for (const [seq, said] of acks) {
      const event = events[seq - 1];
      if (event?.type !== "message" || !event.data.text.startsWith(`${said} `)) lost++;
    }
  }
  const count = acknowledged.toLocaleString("en");
  return [
    {
      what: `${killed} SIGKILLs while appending`,
      saw: `${count} appends acknowledged, ${lost} lost, ${gaps} gaps`,
      holds: lost === 0 && gaps === 0 && acknowledged > times,
    },
  ];
}

async function inStore<T>(
  file: string,
  work: (store: Awaited<ReturnType<typeof openStore>>) => Promise<T>,
): Promise<T> {
  await using store = await openStore({ kind: "sqlite", file });
  return await work(store);
}

/** What was acknowledged, line by line; a last line without its end was not heard. */
async function appendUntilKilled(file: string, chatId: string): Promise<readonly string[]> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify({ file, chatId })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  const gone = once(child, "close");
  const first = once(child.stdout, "data");
  await Promise.race([first, gone]);
  await pause(Math.random() * 40);
  child.kill("SIGKILL");
  await gone;
  return output.split("\n").slice(0, -1);
}
