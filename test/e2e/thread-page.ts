import type { BrowserContext, Locator, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import type { ChatEvent } from "../../src/core/events.ts";
import { openLink, signIn } from "../kit/browser.ts";

/** One event on screen, and the row of the virtual list in which it stands. A call stands for two: itself and its result. */
interface Shown {
  readonly row: number;
  readonly kind: "event" | "result";
  readonly seq: number;
  readonly text: string;
}

/** The browser's own about a network or a page that the test took away, a worker that it blocks, or a graphics card that is not there. */
const FROM_OUTSIDE = [
  /^Service Worker registration blocked by Playwright/,
  /^Failed to load resource: net::ERR_/,
  /^WebSocket connection to '[^']*' failed/,
  // A service worker's script, for which the network went away.
  /^An unknown error occurred when fetching the script\.$/,
  // Firefox's own words for the same, and for a font whose page went away.
  /^uncaught: Firefox can’t establish a connection to the server at ws:/,
  /^uncaught: The connection to ws:\S+ was interrupted while the page was loading/,
  /^uncaught: downloadable font: download failed .* status=2152398850 /,
  // Of a picture drawn where there is no graphics card.
  /GL Driver Message .*GPU stall due to ReadPixels/,
  /Automatic fallback to software WebGL has been deprecated/,
];

/** What this page complains of in its console from now on, but for what is from outside. */
export function complaintsOf(page: Page): () => readonly string[] {
  const all: string[] = [];
  page.on("pageerror", (error) => all.push(`uncaught: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") all.push(message.text());
  });
  return () => all.filter((text) => !FROM_OUTSIDE.some((pattern) => pattern.test(text)));
}

/** Whatever a test is about: no page complains in its console, but that the server has refused something. */
export function mayNotComplain(page: Page): void {
  const complaints = complaintsOf(page);
  onTestFinished(() => expect(complaints().filter((text) => !REFUSED.test(text))).toEqual([]));
}

const REFUSED = /^Failed to load resource: the server responded with a status of [45]\d\d/;

/** A tab, with what its console complained about. */
export class Tab {
  readonly page: Page;
  readonly #base: string;
  readonly #complaints: () => readonly string[];

  private constructor(page: Page, base: string) {
    this.page = page;
    this.#base = base;
    this.#complaints = complaintsOf(page);
    mayNotComplain(page);
  }

  /** `shows`: every event there is, or what somebody sees who has set nothing. */
  static async open(
    context: BrowserContext,
    base: string,
    path = "/chats",
    shows: "all" | "usual" = "all",
  ): Promise<Tab> {
    const tab = await Tab.#empty(context, base);
    if (shows === "all") await wantEveryEvent(context, base);
    await tab.go(path);
    return tab;
  }

  static async #empty(context: BrowserContext, base: string): Promise<Tab> {
    const page = await context.newPage();
    await page.addInitScript(tellOfViolations);
    await page.addInitScript(tellErrorsInWords);
    return new Tab(page, base);
  }

  async go(path: string): Promise<void> {
    await this.page.goto(this.#base + path);
  }

  /** Signs in by a link, which may name another port of this machine; at the welcome, if it was not asked to be `past` it. */
  static async signIn(
    context: BrowserContext,
    base: string,
    link: string,
    welcome: "past" | "at" = "past",
  ): Promise<Tab> {
    const { pathname, search } = new URL(link);
    const tab = await Tab.#empty(context, base);
    await (welcome === "past" ? openLink : signIn)(tab.page, base + pathname + search);
    await wantEveryEvent(context, base);
    return tab;
  }

  /** Errors and warnings, but for what is from outside. */
  get complaints(): readonly string[] {
    return this.#complaints();
  }

  get conversation(): Locator {
    return this.page.getByRole("log", { name: "Conversation" });
  }

  get composer(): Locator {
    return this.page.getByRole("textbox", { name: "Message" });
  }

  chatLink(chatId: string): Locator {
    return this.page.locator(`[data-chat-id="${chatId}"]`);
  }

  /** Words, thoughts and notes of this kind in the open chat. */
  ofType(type: ChatEvent["type"]): Locator {
    return this.conversation.locator(`[data-type="${type}"]`);
  }

  /** The words of this person in the open chat, as far as they are in view. */
  async said(name: string): Promise<readonly string[]> {
    return this.conversation.getByRole("article", { name, exact: true }).locator("> div").allTextContents();
  }

  /** Waits until the open chat shows these words; when it does not, the failure tells where the list stands. */
  async tells(words: string): Promise<void> {
    try {
      await this.conversation.getByText(words, { exact: true }).first().waitFor();
    } catch (error) {
      const state = await this.page.evaluate(readPlace);
      throw new Error(`the chat does not tell "${words}": ${JSON.stringify(state)}`, { cause: error });
    }
  }

  async connection(state: string, timeout = 60_000): Promise<void> {
    await this.page.locator(`[data-connection="${state}"]`).first().waitFor({ timeout });
  }

  /** Waits until the chat list marks this chat so. */
  async mark(chatId: string, mark: string): Promise<void> {
    await this.page.locator(`[data-chat-id="${chatId}"][data-mark="${mark}"]`).waitFor();
  }

  get stopButton(): Locator {
    return this.#run.getByRole("button", { name: "Stop" });
  }

  async runState(state: string): Promise<void> {
    await this.page.locator(`section[data-run-state="${state}"]`).waitFor();
  }

  /** Waits until no run is at work, or waits, in the open chat. */
  async runEnded(): Promise<void> {
    await this.#run.waitFor({ state: "detached" });
  }

  /** The bar below the thread that tells of the chat's run. */
  get #run(): Locator {
    return this.page.getByRole("region", { name: "Run", exact: true });
  }

  /** Waits until the open chat has everything up to `seq` and follows. */
  async caughtUp(seq: number, timeout = 15_000): Promise<void> {
    await this.page.getByText(`live · at event ${seq}`, { exact: true }).waitFor({ timeout });
  }

  /** Every event that the open chat shows, by scrolling through the whole list. Folds are opened on the way. */
  async shown(): Promise<readonly Shown[]> {
    const found = new Map<string, Shown>();
    const scroller = this.conversation;
    await this.page.bringToFront();
    // Older pages come as the reader nears the beginning, until the first event is there.
    for (let pages = 0; pages < 100; pages += 1) {
      await scroller.evaluate((element) => element.scrollTo(0, 0));
      await settled(scroller);
      if ((await scroller.locator('[data-seq="1"]').count()) > 0) break;
    }
    for (let screens = 0; screens < 500; screens += 1) {
      await settled(scroller);
      const folds = scroller.locator('[data-fold] > button[aria-expanded="false"]');
      for (let left = await folds.count(); left > 0; left -= 1) await folds.first().click();
      for (const shown of await scroller.evaluate(readRows))
        found.set(`${shown.row} ${shown.seq} ${shown.kind}`, shown);
      const isEnd = await scroller.evaluate((element) => {
        const before = element.scrollTop;
        element.scrollBy(0, element.clientHeight / 2);
        return element.scrollTop === before;
      });
      if (isEnd) return [...found.values()].toSorted((a, b) => a.row - b.row || a.seq - b.seq);
    }
    throw new Error("the list has no end");
  }
}

/** Shows whoever is signed in there every event of a log, those that hardly anybody looks for too. */
async function wantEveryEvent(context: BrowserContext, base: string): Promise<void> {
  // What happens elsewhere is told beside it, in words that a test may look for in their place.
  const data = { "events.bookkeeping": true, "notify.page": false };
  // Nobody may be signed in, and the network may be gone: that is for the test to see.
  await context.request.patch(`${base}/api/preferences`, { data, headers: { origin: base } }).catch(() => undefined);
}

/** Runs in the page: the browser says nothing of a breach that the page's own code catches. */
function tellOfViolations(): void {
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber }) =>
    console.error(`against its policy: ${violatedDirective} ${blockedURI} at ${sourceFile}:${lineNumber}`),
  );
}

/** Runs in the page: Firefox tells its driver of an error only that it is one. */
function tellErrorsInWords(): void {
  const tell = console.error.bind(console);
  const inWords = (thing: unknown) => (thing instanceof Error ? `${String(thing)}\n${thing.stack ?? ""}` : thing);
  console.error = (...things: unknown[]) => tell(...things.map(inWords));
}

/** Runs in the page: whether it is connected, up to which event it is, and which part of the list is in view. */
function readPlace(): object {
  const list = document.querySelector('[role="log"]');
  const { innerText } = document.body;
  return {
    connection: [...document.querySelectorAll("[data-connection]")].map((each) => each.getAttribute("data-connection")),
    live: /live · at event \d+/.exec(innerText)?.[0],
    jump: innerText.includes("Jump to latest"),
    scroll: [list?.scrollTop, list?.clientHeight, list?.scrollHeight],
    end: list?.textContent.slice(-300),
  };
}

/** Runs in the page. */
function readRows(list: Element): Shown[] {
  return [...list.querySelectorAll("[data-seq], [data-result-seq]")].flatMap((element) => {
    if (element.hasAttribute("data-fold")) return [];
    const row = Number(element.closest("[data-index]")?.getAttribute("data-index"));
    return (["event", "result"] as const).flatMap((kind) => {
      const seq = element.getAttribute(kind === "event" ? "data-seq" : "data-result-seq");
      return seq === null ? [] : [{ row, kind, seq: Number(seq), text: element.textContent }];
    });
  });
}

/** Two frames: the list has painted what is in view, and measured it; and its words are set, no longer plain. */
async function settled(list: Locator): Promise<void> {
  await list.locator('[aria-busy="true"]').first().waitFor({ state: "detached" });
  await list.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );
}

/** The open chat shows what this log holds: each event once, and in order. Gives what is shown. */
export async function expectThread(tab: Tab, log: readonly ChatEvent[]): Promise<readonly Shown[]> {
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
  await tab.caughtUp(log.length);
  const shown = await tab.shown();
  const rows = shown.filter(({ kind }) => kind === "event").map(({ seq }) => seq);
  expect(rows).toEqual(rows.toSorted((a, b) => a - b));
  expect(shown.map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual(log.filter(isShown(log)).map(({ seq }) => seq));
  return shown;
}

/** Not shown: beginnings of calls, token counts, and a turn's beginning, which is in the bar below the thread. */
function isShown(log: readonly ChatEvent[]): (event: ChatEvent) => boolean {
  return (event) => {
    switch (event.type) {
      case "tool_start":
      case "usage":
      case "approval":
        return false;
      // As it was last, in the place where it was first.
      case "plan":
        return log.find(({ type, runId }) => type === "plan" && runId === event.runId) === event;
      case "status":
        // The call that asks tells of it, and of its answer.
        if (event.data.state === "waiting" && ["approval", "question"].includes(event.data.reason)) return false;
        if (event.data.state === "resumed" && ["approval", "answer"].includes(event.data.reason)) return false;
        return event.taskId !== null || !["queued", "starting", "stopping"].includes(event.data.state);
      default:
        return true;
    }
  };
}
