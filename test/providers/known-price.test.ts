import { expect, test } from "vitest";
import { KNOWN_MODELS } from "../../src/models/known.ts";
import { openModel, priceOf } from "../../src/models/open.ts";
import { selectModel } from "../../src/models/select.ts";
import { createChat } from "../../src/store/chats/chats.ts";
import { postMessage } from "../../src/store/chats/messages.ts";
import { readEvents } from "../../src/store/log/events.ts";
import { startAgent } from "../kit/agent.ts";
import { sqlite } from "../kit/databases.ts";
import { people } from "../kit/members.ts";
import { ended } from "../kit/worker.ts";
import { providerServer } from "./server.ts";
import { settingsFor, WIRES } from "./wires.ts";

test("a step costs what models.json says, with what was read from the cache and written into it", async () => {
  const wire = WIRES.anthropic;
  const said = wire.answer({ text: ["Hello."], usage: { input: 40, output: 7 } });
  const cached = '"input_tokens":40,"cache_creation_input_tokens":1000,"cache_read_input_tokens":500';
  const server = await providerServer([{ body: said.replaceAll('"input_tokens":40', cached) }]);
  const choice = selectModel(settingsFor(wire.model, server.url));
  if (choice.kind === "demo") throw new Error("no provider was chosen");
  // As if that were where everybody finds it.
  const usual = { ...choice, usualUrl: true };
  const price = priceOf(usual, {});
  if (price?.cached === undefined || price.cacheWrite === undefined)
    throw new Error(`${KNOWN_MODELS} lacks ${wire.model}`);
  expect(price.cacheWrite).toBeGreaterThan(price.input);

  const store = await sqlite.store();
  const { owner } = await people(store);
  await startAgent(store, { model: openModel(usual) });
  const { chat } = await createChat(store, owner, {});
  const { runId } = await postMessage(store, owner, chat.id, { text: "hello" });
  expect(await ended(store, runId)).toMatchObject({ state: "completed" });
  const usage = (await readEvents(store.db, chat.id)).flatMap((event) => (event.type === "usage" ? event.data : []));
  expect(usage).toMatchObject([{ inputTokens: 1540, cachedTokens: 500, cacheWriteTokens: 1000, outputTokens: 7 }]);
  const { input, output } = price;
  const dollars = (40 * input + 500 * price.cached + 1000 * price.cacheWrite + 7 * output) / 1e6;
  expect(usage[0]?.costUsd).toBeCloseTo(dollars, 9);
});
