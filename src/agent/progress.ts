import type { Clock } from "../core/clock.ts";
import { exactLine } from "../core/exact.ts";
import type { Hub, HubProgress } from "../core/hub.ts";
import type { Masking } from "../core/known-secrets.ts";
import { piece, shorten } from "../core/text.ts";

/** A tool may tell a thousand times a second how far it is; so often it is shown. */
const EVERY_MS = 250;
const MOST_SHOWN = 200;
/** Of a longer text only the beginning is looked at. */
const MOST_READ = 4000;

interface CallProgressDeps {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly masking: Masking;
}

/** How far one call is, for whoever watches: the newest that its tool has told, a little later where it tells too often. */
export class CallProgress {
  readonly #deps: CallProgressDeps;
  readonly #call: Omit<HubProgress, "text">;
  #next: string | null = null;
  #shown = "";
  #cancelPause: (() => void) | null = null;
  #isOver = false;

  constructor(deps: CallProgressDeps, call: Omit<HubProgress, "text">) {
    this.#deps = deps;
    this.#call = call;
  }

  tell(text: string): void {
    if (this.#isOver) return;
    this.#next = text;
    if (this.#cancelPause === null) this.#show();
  }

  /** The call has come to its end: what a tool tells from now on is nobody's. */
  end(): void {
    this.#isOver = true;
    this.#cancelPause?.();
    this.#deps.hub.endProgress(this.#call);
  }

  #show(): void {
    this.#cancelPause = null;
    if (this.#next === null) return;
    const line = shownOf(this.#next, this.#deps.masking);
    this.#next = null;
    this.#cancelPause = this.#deps.clock.after(EVERY_MS, () => this.#show());
    if (line === this.#shown) return;
    this.#shown = line;
    this.#deps.hub.progress({ ...this.#call, text: line });
  }
}

/** Masked before it is cut: half a secret would be found by nobody. */
function shownOf(text: string, masking: Masking): string {
  const masked = masking.between(piece(text, 0, MOST_READ + masking.reach), 0, MOST_READ);
  return shorten(exactLine(masked, Infinity), MOST_SHOWN);
}
