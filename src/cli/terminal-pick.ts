import { PassThrough } from "node:stream";
import type { TerminalDevice } from "./terminal-device.ts";

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
