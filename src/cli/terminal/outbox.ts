import { Failure } from "../console/failure.ts";
import { EXIT, type Io } from "../console/io.ts";

/** Something that a person has sent. Its key makes it one, however often it goes out. */
export interface Outgoing {
  readonly kind: "message" | "task";
  readonly key: string;
  readonly text: string;
  readonly state:
    | { readonly name: "sending" }
    /** The server has it; the log that is shown may not have come so far. */
    | { readonly name: "sent"; readonly seq: number }
    | { readonly name: "failed"; readonly why: string };
}

export interface Outbox {
  readonly items: readonly Outgoing[];
  /** What no server is known to have. */
  readonly unsent: readonly Outgoing[];
  send(kind: Outgoing["kind"], text: string): void;
  /** Sends again what has failed; false when nothing has. */
  retry(): boolean;
  /** Forgets what the log shows. */
  arrived(seq: number, keys: ReadonlySet<string>): void;
}

/** For so long a server that does not answer is asked again. */
const PATIENCE_MS = 30_000;

export interface OutboxDeps {
  /** Gives the `seq` under which the log shows it, or null when the log need not be waited for. */
  readonly post: (item: Outgoing) => Promise<number | null>;
  readonly changed: () => void;
  readonly failed: (item: Outgoing) => void;
}

/** Sends one thing after the other, so that they arrive in their order. */
export function createOutbox(
  io: Pick<Io, "now" | "sleep">,
  signal: AbortSignal,
  { post, changed, failed }: OutboxDeps,
): Outbox {
  let items: readonly Outgoing[] = [];
  let busy = false;
  const set = (next: readonly Outgoing[]): void => {
    items = next;
    changed();
  };
  const become = (key: string, state: Outgoing["state"] | null): void =>
    set(items.flatMap((item) => (item.key !== key ? [item] : state === null ? [] : [{ ...item, state }])));

  async function deliver(): Promise<void> {
    if (busy) return;
    busy = true;
    for (;;) {
      const next = items.find(({ state }) => state.name === "sending");
      if (next === undefined || signal.aborted) break;
      const state = await outcome(next);
      become(next.key, state);
      if (state?.name === "failed") failed(next);
    }
    busy = false;
  }
  async function outcome(item: Outgoing): Promise<Outgoing["state"] | null> {
    const began = io.now();
    for (let tries = 0; ; tries += 1) {
      try {
        const seq = await post(item);
        return seq === null ? null : { name: "sent", seq };
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (!mayRetry(error) || io.now() - began > PATIENCE_MS || signal.aborted) return { name: "failed", why };
        await io.sleep(Math.min(200 * 2 ** tries, 2000), signal);
      }
    }
  }
  const start = (): void => void deliver();
  return {
    get items() {
      return items;
    },
    get unsent() {
      return items.filter(({ state }) => state.name !== "sent");
    },
    send(kind, text) {
      set([...items, { kind, text, key: crypto.randomUUID(), state: { name: "sending" } }]);
      start();
    },
    retry() {
      if (!items.some(({ state }) => state.name === "failed")) return false;
      set(items.map((item) => (item.state.name === "failed" ? { ...item, state: { name: "sending" } } : item)));
      start();
      return true;
    },
    arrived(seq, keys) {
      const isHere = ({ key, state }: Outgoing): boolean =>
        keys.has(key) || (state.name === "sent" && state.seq <= seq);
      if (items.some(isHere)) set(items.filter((item) => !isHere(item)));
    },
  };
}

/** Whether the server got it is not known, or it says that it cannot take it now. */
function mayRetry(error: unknown): boolean {
  return error instanceof Failure && (error.exit === EXIT.notRunning || error.code === "unavailable");
}
