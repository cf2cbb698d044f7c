import { setTimeout as pause } from "node:timers/promises";
import type { Spent } from "./questions.ts";

/** So many at a time that a reader keeps up. */
const AT_ONCE = 10;

/** Sends one after another, and tells what that took of the processor. */
export async function spentOn(count: number, send: (n: number) => void): Promise<Spent> {
  const before = process.cpuUsage();
  for (let n = 0; n < count; n++) {
    send(n);
    if (n % AT_ONCE === AT_ONCE - 1) await pause(1);
  }
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000 };
}
