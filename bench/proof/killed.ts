import { writeSync } from "node:fs";
import { openStore } from "../../src/store/open.ts";
import { event } from "../kit/event.ts";

// Appends as fast as it can, several at once, and says which appends were acknowledged, until it is killed.

const { file, chatId }: { readonly file: string; readonly chatId: string } = JSON.parse(process.argv[2] ?? "");
const store = await openStore({ kind: "sqlite", file });
const lane = async (): Promise<never> => {
  for (;;) {
    const [added] = await store.append({ chatId, events: [event(Math.random())] });
    if (added?.type !== "message") throw new Error("an append was acknowledged without its event");
    writeSync(1, `${added.seq} ${added.data.text.split(" ", 1)[0]}\n`);
  }
};
await Promise.all(Array.from({ length: 4 }, lane));
