import { Failure } from "./failure.ts";
import { EXIT, type Io } from "./io.ts";

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
  send(kind: Outgoing["kind"], text: string): void;
  /** Sends again what has failed; false when nothing has. */
  retry(): boolean;
  /** Forgets what the log shows. */
  arrived(seq: number, keys: ReadonlySet<string>): void;
  forget(): void;
}

/** For so long a server that does not answer is asked again. */
const PATIENCE_MS = 30_000;

/**
 * Sends one thing after the other, so that they arrive in their order. `post` gives the `seq` under which the log shows it,
 * or null when the log shows nothing of it yet.
 */
export function createOutbox(
  io: Pick<Io, "now" | "sleep">,
  signal: AbortSignal,
  post: (item: Outgoing) => Promise<number | null>,
  changed: () => void,
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
      become(next.key, await outcome(next));
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
    forget: () => set([]),
  };
}

/** Whether the server got it is not known, or it says that it cannot take it now. */
function mayRetry(error: unknown): boolean {
  return error instanceof Failure && (error.exit === EXIT.notRunning || error.code === "unavailable");
}
