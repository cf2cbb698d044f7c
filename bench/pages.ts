import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import type { NewEvent } from "../src/core/events.ts";
import { createChat } from "../src/store/chats/chats.ts";
import { openStore } from "../src/store/open.ts";
import { getUserByName } from "../src/store/people/users.ts";
import type { Chat, LoginLink, Status } from "../src/wire/api.ts";
import { launchWholeBrowser, openLink } from "../test/kit/browser.ts";
import { event } from "./kit/event.ts";
import type { Figure } from "./kit/figure.ts";
import { quantile } from "./kit/measure.ts";
import { opened, served } from "./kit/pages.ts";
import { benchHome, call, freePort, startSparky, type BenchHome } from "./kit/server.ts";
import {
  answer,
  delaysOf,
  MESSAGES,
  PAGE,
  PIECE_MS,
  PIECES,
  RUNS,
  sent,
  wallNow,
  type Clock,
} from "./pages-provider.ts";

const VIEW = { width: 1440, height: 900 };

/** What people look at, in a real browser, each page beside one that only draws the same. */
export async function pages(): Promise<Figure[]> {
  await using provider = await served(answer);
  await using made = await benchHome();
  const model = { SPARKY_MODEL: "compatible/bench", SPARKY_MODEL_URL: provider.url };
  const env = { ...made.env, ...model, SPARKY_ENABLE_AGENT_LOOP: "true", SPARKY_AGENT_CONCURRENCY: String(RUNS) };
  const home: BenchHome = { ...made, env };
  // The first start makes the database.
  await (await startSparky(home, await freePort())).kill();
  const longChat = await chatOf(home, MESSAGES);
  await using sparky = await startSparky(home, await freePort());
  const { url: link } = await call<LoginLink>(home, `${sparky.url}/api/users/owner/login-link`, "POST");
  const browser = await launchWholeBrowser();
  try {
    const ours = await (await browser.newContext({ viewport: VIEW })).newPage();
    await openLink(ours, link);
    const figures = [
      await chatPage(ours, `${sparky.url}/chats/${longChat}`, `${provider.url}/chat`),
      ...(await streaming(browser, ours, home, sparky.url, provider.url)),
    ];
    return [...figures, await homePage(ours, home, sparky.url, `${provider.url}/home`)];
  } finally {
    await browser.close();
  }
}

async function chatPage(page: Page, ours: string, bare: string): Promise<Figure> {
  const last = `text=/^${MESSAGES - 1} The graph/`;
  return {
    what: `a chat of ${MESSAGES} messages, from its address to its last on screen`,
    value: await opened(page, ours, last),
    unit: "ms",
    reach: 1000,
    raw: { what: `a page that draws ${PAGE} messages and nothing else`, value: await opened(page, bare, last) },
  };
}

async function chatOf(home: BenchHome, count: number): Promise<string> {
  await using store = await openStore({ kind: "sqlite", file: join(home.path, "sparky.db") });
  const owner = await getUserByName(store, "owner");
  if (owner === null) throw new Error("there is no owner");
  const { chat } = await createChat(store, owner, { title: "Long" });
  const events: NewEvent[] = Array.from({ length: count }, (_, n) => event(n));
  await store.append({ chatId: chat.id, events });
  return chat.id;
}

/** An answer of 40 KB as it streams: from the moment a piece leaves the provider to the frame that shows it. */
async function streaming(
  browser: Browser,
  page: Page,
  home: BenchHome,
  base: string,
  provider: string,
): Promise<readonly Figure[]> {
  const chat = await call<Chat>(home, `${base}/api/chats`, "POST", { title: "Streaming" });
  await page.addInitScript(watchPieces);
  await page.goto(`${base}/chats/${chat.id}`);
  await page.getByRole("textbox", { name: "Message" }).waitFor();
  await page.locator('[data-connection="live"]').first().waitFor();
  sent.clear();
  await call(home, `${base}/api/chats/${chat.id}/messages`, "POST", { text: "stream" });
  const ours = await seen(page);
  const alone = await (await browser.newContext({ viewport: VIEW })).newPage();
  await alone.addInitScript(watchPieces);
  sent.clear();
  await alone.goto(`${provider}/stream`);
  const bare = await seen(alone);
  const raw = "the provider's stream, appended to a bare page";
  return [
    {
      what: "a 40 KB answer as it streams: from the provider to the pixel, p95",
      value: quantile(ours.delays, 0.95),
      unit: "ms",
      reach: 200,
      raw: { what: raw, value: quantile(bare.delays, 0.95) },
    },
    {
      what: "the same: between two frames, p95",
      value: quantile(ours.frames, 0.95),
      unit: "ms",
      reach: 50,
      raw: { what: raw, value: quantile(bare.frames, 0.95) },
    },
  ];
}

interface Watched {
  readonly pieces: readonly (readonly [piece: number, at: number])[];
  readonly frames: readonly number[];
}

/** Runs in the page: notes after which frame each piece stands in the text, and how long frames take meanwhile. */
function watchPieces(): void {
  const pieces: [number, number][] = [];
  const frames: number[] = [];
  let last = 0;
  let before = 0;
  const look = (now: number): void => {
    if (before > 0 && pieces.length > 0 && last < 499) frames.push(now - before);
    before = now;
    requestAnimationFrame(look);
    const marks = (document.body?.textContent ?? "").matchAll(/w(\d+)\./g);
    const newest = [...marks].reduce((most, [, n]) => Math.max(most, Number(n)), last);
    if (newest === last) return;
    const from = last + 1;
    last = newest;
    // After the frame that is being made.
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", () => {
      const at = performance.timeOrigin + performance.now();
      for (let n = from; n <= newest; n += 1) pieces.push([n, at]);
      port1.close();
    });
    port1.start();
    port2.postMessage(null);
  };
  requestAnimationFrame(look);
  Object.assign(globalThis, { watched: { pieces, frames } });
}

async function seen(page: Page): Promise<{ readonly delays: readonly number[]; readonly frames: readonly number[] }> {
  const watched = () => page.evaluate(() => (globalThis as unknown as { watched: Watched }).watched);
  const enough = (PIECES * PIECE_MS + 30_000) / 100;
  for (let n = 0; n < enough && ((await watched()).pieces.at(-1)?.[0] ?? 0) < PIECES - 1; n++) await pause(100);
  const { pieces, frames } = await watched();
  if (pieces.at(-1)?.[0] !== PIECES - 1) throw new Error(`the page showed only ${pieces.length} of ${PIECES} pieces`);
  return { delays: delaysOf({ pieces, clock: await clockOf(page), left: sent }), frames };
}

/** The page's clock and ours have each their own beginning: told apart by the quickest of many questions. */
async function clockOf(page: Page): Promise<Clock> {
  let quickest: Clock = { ahead: 0, within: Infinity };
  for (let n = 0; n < 50; n++) {
    const asked = wallNow();
    const theirs = await page.evaluate(() => performance.timeOrigin + performance.now());
    const answered = wallNow();
    const within = (answered - asked) / 2;
    if (within < quickest.within) quickest = { within, ahead: theirs - asked - within };
  }
  return quickest;
}

/** Runs that never end, all at work at once. */
async function homePage(page: Page, home: BenchHome, base: string, bare: string): Promise<Figure> {
  for (let n = 0; n < RUNS; n++) await call(home, `${base}/api/tasks`, "POST", { instruction: `Stay busy ${n}` });
  for (let n = 0; n < 300; n++) {
    const { running } = await call<Status>(home, `${base}/api/status`, "GET");
    if (running.length === RUNS) break;
    await pause(100);
  }
  const last = `[data-run-id] >> nth=${RUNS - 1}`;
  return {
    what: `Home with ${RUNS} runs at work, from its address to all of them on screen`,
    value: await opened(page, `${base}/`, last),
    unit: "ms",
    reach: 1000,
    raw: { what: `a page that draws ${RUNS} rows and nothing else`, value: await opened(page, bare, last) },
  };
}
