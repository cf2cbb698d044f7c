import type { Config } from "../config.ts";
import type { Settings } from "../settings.ts";

/** What one look at a home found. */
export interface Diagnosis {
  readonly check: string;
  readonly state: "ok" | "warn" | "fail";
  readonly what: string;
  /** What to do; null: nothing. */
  readonly remedy: string | null;
  /** It was so, and was put right. */
  readonly fixed: boolean;
}

/** What the checks look at. Each changes nothing but what `fix` allows it to. */
export interface Patient {
  readonly home: string;
  /** Somebody uses the home: its files are in use. */
  readonly held: boolean;
  readonly settings: Settings;
  /** null: the settings are wrong; what needs one is left out. */
  readonly config: Config | null;
  /** The machine's own environment, for what is not a setting. */
  readonly environment: { readonly [name: string]: string | undefined };
  readonly fix: boolean;
  /** Nothing is sent to a model. */
  readonly offline: boolean;
}

export type Check = (patient: Patient) => AsyncIterable<Diagnosis> | Iterable<Diagnosis>;

export const ok = (check: string, what: string): Diagnosis => ({
  check,
  state: "ok",
  what,
  remedy: null,
  fixed: false,
});

export const warn = (check: string, what: string, remedy: string): Diagnosis => ({
  check,
  state: "warn",
  what,
  remedy,
  fixed: false,
});

export const fail = (check: string, what: string, remedy: string): Diagnosis => ({
  check,
  state: "fail",
  what,
  remedy,
  fixed: false,
});

export const fixed = (check: string, what: string): Diagnosis => ({ ...ok(check, what), fixed: true });
