import { parseArgs } from "node:util";
import { verdict } from "../kit/figure.ts";
import { toReach } from "../kit/table.ts";
import type { Seen } from "./seen.ts";

/** `npm run test:sim -- --figures`: what is promised of loss, order and bounds, tried out, and what was seen. */

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    kills: { type: "string", default: "500" },
    reconnects: { type: "string", default: "1000" },
    minutes: { type: "string", default: "3" },
  },
});

const PARTS: { readonly [name: string]: () => Promise<Seen[]> } = {
  reconnects: async () => (await import("./reconnects.ts")).reconnects(Number(values.reconnects)),
  kills: async () => (await import("./kills.ts")).kills(Number(values.kills)),
  "slow-readers": async () => (await import("./slow-readers.ts")).slowReaders(),
  recovery: async () => {
    const { recovery } = await import("../recovery.ts");
    return (await recovery({ postgres: null })).map((figure) => ({
      what: figure.what,
      saw: `${Math.round(figure.value)} ms (promised: ${toReach(figure)})`,
      holds: ["", "reached"].includes(verdict(figure)),
    }));
  },
  churn: async () => (await import("./churn.ts")).churn(Number(values.minutes)),
};

const names = values.only ?? Object.keys(PARTS);
for (const name of names) {
  const part = PARTS[name];
  if (part === undefined) {
    console.error(`There is no part ${name}: ${Object.keys(PARTS).join(", ")}`);
    process.exit(2);
  }
  for (const { what, saw, holds } of await part()) {
    console.log(`${holds ? "✓" : "✕"} ${what}: ${saw}`);
    if (!holds) process.exitCode = 1;
  }
}
