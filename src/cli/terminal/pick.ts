import { PassThrough } from "node:stream";
import type { TerminalDevice } from "../console/terminal-device.ts";

export interface Choice<T> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
}

/** What reads the keys while a person chooses. */
export interface Picking<T> {
  keys(text: string): void;
  /** null: nothing was chosen. */
  readonly chosen: Promise<T | null>;
}

/** Shows a list to choose from below everything else. Aborted, it goes away. */
export function pick<T extends string>(
  device: TerminalDevice,
  message: string,
  choices: readonly Choice<T>[],
  signal: AbortSignal,
): Picking<T> {
  const input = new PassThrough();
  return {
    keys: (text) => void input.write(text),
    chosen: choose(input, device, message, choices, signal).finally(() => input.destroy()),
  };
}

/** Asks for one line below everything else. Aborted, it goes away. */
export function askLine(device: TerminalDevice, what: string, required: boolean, signal: AbortSignal): Picking<string> {
  const input = new PassThrough();
  return {
    keys: (text) => void input.write(text),
    chosen: line(input, device, what, required, signal).finally(() => input.destroy()),
  };
}

async function line(
  input: PassThrough,
  { output }: TerminalDevice,
  message: string,
  required: boolean,
  signal: AbortSignal,
): Promise<string | null> {
  const { text, isCancel } = await import("@clack/prompts");
  const validate = (value: string | undefined): string | undefined =>
    required && (value ?? "").trim() === "" ? "It is needed" : undefined;
  const answer = await text({ message, input, output, signal, validate });
  return isCancel(answer) ? null : answer.trim();
}

async function choose<T extends string>(
  input: PassThrough,
  { output, rows }: TerminalDevice,
  message: string,
  choices: readonly Choice<T>[],
  signal: AbortSignal,
): Promise<T | null> {
  const { select, isCancel } = await import("@clack/prompts");
  const options = choices.map(({ value, label, hint }) => ({
    value: value as string,
    label,
    ...(hint !== undefined && { hint }),
  }));
  const maxItems = Math.max(5, rows - 6);
  const answer = await select<string>({ message, options, input, output, signal, maxItems });
  return isCancel(answer) ? null : (choices.find(({ value }) => value === answer)?.value ?? null);
}

/** How far a yes to a call of this tool may go, or a no. The first is the one that does nothing. */
export function scopeChoices(tool: string, now: number): readonly Choice<string>[] {
  const hour = new Date(now + 3_600_000);
  const midnight = new Date(now);
  midnight.setHours(24, 0, 0, 0);
  return [
    { value: "later", label: "Not now" },
    { value: "call", label: "Yes, this call" },
    { value: "run", label: `Yes, ${tool} for the rest of this run` },
    { value: `until ${hour.toISOString()}`, label: `Yes, ${tool} for an hour` },
    { value: `until ${midnight.toISOString()}`, label: `Yes, ${tool} until midnight` },
    { value: "deny", label: "No" },
    { value: "note", label: "No, with a note" },
  ];
}
