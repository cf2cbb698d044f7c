import { readFileSync } from "node:fs";

// Loaded into a node before Sparky itself: its machine's clock shows what a file says it is ahead, as of the last SIGWINCH.

const real = Date.now;
let aheadMs = 0;
const now = (): number => real() + aheadMs;

Date.now = now;
globalThis.Date = new Proxy(Date, {
  construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made) as object,
  apply: (target) => new target(now()).toString(),
});

process.on("SIGWINCH", () => {
  aheadMs = Number(readFileSync(process.env["CLOCK_AHEAD"] ?? "", "utf8"));
});
