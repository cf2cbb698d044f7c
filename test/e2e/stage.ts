import { onTestFinished } from "vitest";
import type { Browser, BrowserContext, BrowserContextOptions, Locator } from "playwright-core";
import type { LoginLink } from "../../src/wire/api.ts";
import { launchBrowser, type SignIn, signInByLink } from "../kit/browser.ts";
import { type TcpProxy, tcpProxy } from "../kit/tcp-proxy.ts";
import { Sparky } from "./sparky-process.ts";
import { Tab } from "./thread-page.ts";

/** Nothing that a page shows of its own accord takes longer than this. */
const PATIENCE_MS = 60_000;

/** One server and one browser for a file's tests; each test opens devices of its own. */
export class Stage implements AsyncDisposable {
  readonly sparky: Sparky;
  readonly #browser: Browser;
  readonly #signIns = new Map<string, Promise<SignIn>>();

  private constructor(sparky: Sparky, browser: Browser) {
    this.sparky = sparky;
    this.#browser = browser;
  }

  static async open(env: { readonly [name: string]: string }): Promise<Stage> {
    const sparky = await Sparky.start({ SPARKY_ENABLE_AGENT_LOOP: "true", ...env });
    return new Stage(sparky, await launchBrowser());
  }

  /** A browser of its own, signed in; closed when the test ends. */
  async device(user: "owner" | "agent" = "owner", options: BrowserContextOptions = {}): Promise<Device> {
    const signIn = this.#signIns.get(user) ?? this.#signIn(user);
    this.#signIns.set(user, signIn);
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 800 },
      // Only where a test is about it: what passes through one cannot be held back.
      serviceWorkers: "block",
      storageState: await signIn,
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const network = await tcpProxy({ port: this.sparky.port });
    onTestFinished(async () => {
      await context.close();
      await network[Symbol.asyncDispose]();
    });
    const base = `http://127.0.0.1:${network.port}`;
    return { context, network, tab: (path, shows) => Tab.open(context, base, path, shows) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.sparky[Symbol.asyncDispose]();
  }

  async #signIn(name: string): Promise<SignIn> {
    const { url } = await this.sparky.json<LoginLink>("user", "login-link", name);
    return signInByLink(url);
  }
}

export interface Device {
  readonly context: BrowserContext;
  /** All that passes between this device and the server. */
  readonly network: TcpProxy;
  readonly tab: (path?: string, shows?: "all" | "usual") => Promise<Tab>;
}

/** Opens a menu once the one before is shut: what was chosen is shown by its news, which may come before the answer that shuts it. */
export async function openMenu(button: Locator): Promise<void> {
  await button.page().locator("[popover]:popover-open").waitFor({ state: "detached" });
  await button.click();
}
