import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { systemClock } from "../src/core/clock.ts";
import { openStore } from "../src/store/open.ts";
import { conversationsSchema, evaluate, setClock, type Conversations } from "./memory/evaluate.ts";

/** `npm run eval:memory -- FILE`: how much of the known evidence for its questions recall finds in a scratch home. */

const USAGE = "npm run eval:memory -- FILE [--json]";

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
  allowPositionals: true,
});
const [file, ...more] = positionals;
if (values.help || file === undefined || more.length > 0) {
  console.error(
    `${USAGE}\n\nFILE: {items: [{id, thread, author, at, text}], questions: [{text, evidence: [id], kind?}]}`,
  );
  process.exit(values.help ? 0 : 2);
}

const conversations = read(file);
const folder = await mkdtemp(join(tmpdir(), "sparky-eval-"));
try {
  const clock = setClock(systemClock);
  await using store = await openStore({ kind: "sqlite", file: join(folder, "sparky.db") }, { clock });
  const result = await evaluate(store, clock, conversations);
  if (values.json) console.log(JSON.stringify(result));
  else console.log(JSON.stringify(result, null, 2));
} finally {
  await rm(folder, { recursive: true, force: true });
}

function read(path: string): Conversations {
  try {
    return conversationsSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    console.error(`${path} cannot be evaluated: ${why}`);
    process.exit(1);
  }
}
