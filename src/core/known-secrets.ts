import { SparkyError } from "./errors.ts";
import type { Json } from "./events.ts";
import { MaskedStream, Masker, type Secret } from "./masker.ts";

/**
 * The secrets that this process knows: what masks them wherever text comes in, and what puts them into a call. Where there are none
 * nothing is done and nothing is paid.
 */

const REFERENCE = /\$\{secret:([A-Za-z][A-Za-z0-9_]*)\}/g;

/** What masks a text, for who cuts it: a secret that is cut in two would be found by nobody. */
export type Masking = Pick<KnownSecrets, "text" | "reach" | "between" | "stream">;

export class KnownSecrets {
  #masker: Masker | null = null;
  #values: ReadonlyMap<string, string> = new Map();
  #secrets: readonly Secret[] = [];
  #keys: readonly Secret[] = [];
  #ownerId: string | null = null;
  /** Why they cannot be read. */
  #problem: SparkyError | null = null;
  #turns = 0;
  #known = 0;

  /** Whoever reads them first asks for a turn: what was read in an earlier one does not overwrite what a later one found. */
  turn(): number {
    return ++this.#turns;
  }

  know(ownerId: string, secrets: readonly Secret[], turn = this.turn()): void {
    if (turn < this.#known) return;
    this.#known = turn;
    this.#ownerId = ownerId;
    this.#problem = null;
    this.#values = new Map(secrets.map(({ name, value }) => [name, value]));
    this.#secrets = secrets;
    this.#mask();
  }

  /**
   * Keys of models, by their variable: they are masked like secrets, and no call can have one filled in. One that was replaced or
   * taken away stays masked: a run that began with it may still be at work.
   */
  maskKeys(keys: readonly Secret[]): void {
    const found = keys.filter(({ value }) => isKey(value));
    const before = this.#keys.filter(({ value }) => !found.some((key) => key.value === value));
    this.#keys = [...found, ...before];
    this.#mask();
  }

  #mask(): void {
    const all = [...this.#secrets, ...this.#keys];
    this.#masker = all.length === 0 ? null : new Masker(all);
  }

  /** There are some, and they cannot be decrypted here: so nothing here can tell them either. */
  cannotRead(ownerId: string, problem: SparkyError, turn = this.turn()): void {
    if (turn < this.#known) return;
    this.know(ownerId, [], turn);
    this.#problem = problem;
  }

  get hasAny(): boolean {
    return this.#values.size > 0 || this.#problem !== null;
  }

  /** Whose they are; null: it was never asked. */
  get ownerId(): string | null {
    return this.#ownerId;
  }

  text(text: string): string {
    return this.#masker?.text(text) ?? text;
  }

  value<T>(value: T): T {
    return this.#masker?.value(value) ?? value;
  }

  json(json: string): string {
    return this.#masker?.json(json) ?? json;
  }

  /** As `Masker.reach`; 0 where there is nothing to mask. */
  get reach(): number {
    return this.#masker?.reach ?? 0;
  }

  /** As `Masker.between`. */
  between(text: string, from: number, to: number): string {
    return this.#masker?.between(text, from, to) ?? text.slice(from, to);
  }

  stream(): MaskedStream {
    return new MaskedStream(this.#masker);
  }

  /** Throws `not_found` where no secret has the name, `unavailable` where it cannot be decrypted here. */
  valueOf(name: string): string {
    if (this.#problem !== null) throw this.#problem;
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    throw new SparkyError("not_found", `there is no secret called ${name}`, {
      hint: `its owner sets one by: sparky secret set ${name}`,
    });
  }

  /** The arguments with each reference's value in its place. Throws as `valueOf`. */
  filledIn(args: Json): Json {
    if (typeof args === "string") return args.replace(REFERENCE, (_, name: string) => this.valueOf(name));
    if (Array.isArray(args)) return args.map((each) => this.filledIn(each));
    if (typeof args !== "object" || args === null) return args;
    return Object.fromEntries(Object.entries(args).map(([key, each]) => [key, this.filledIn(each)]));
  }
}

/** A word such as `lm-studio`, which a server of one's own is given because it asks for something, is no secret. */
const isKey = (value: string): boolean => /\d/.test(value);

/** The secrets that arguments refer to, by name. */
export function secretsIn(args: Json): readonly string[] {
  const json = JSON.stringify(args) ?? "";
  return json.includes("${secret:") ? [...new Set([...json.matchAll(REFERENCE)].map(([, name]) => name ?? ""))] : [];
}
