import { writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startPostgres } from "../test/kit/postgres-cluster.ts";
import { GROUPS } from "./groups.ts";
import { startChild } from "./kit/child.ts";
import type { Figure, Setting } from "./kit/figure.ts";
import { aligned, cells, markdown } from "./kit/table.ts";

/** `npm run bench`: every figure that is promised, beside the limit of this machine in the same run. */

const PAGE = join(import.meta.dirname, "../docs/reference/figures.md");

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    write: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(`npm run bench [-- --only GROUP]… [-- --write]\n\nGroups: ${Object.keys(GROUPS).join(", ")}`);
  process.exit(0);
}
const names = values.only ?? Object.keys(GROUPS);
const unknown = names.find((name) => !Object.hasOwn(GROUPS, name));
if (unknown !== undefined) {
  console.error(`There is no group ${unknown}: ${Object.keys(GROUPS).join(", ")}`);
  process.exit(2);
}
if (values.write && values.only !== undefined) {
  console.error("The page holds one run of everything: --write goes without --only");
  process.exit(2);
}

await using postgres = await startPostgres({ durable: true }).catch((error: unknown) => {
  console.error(`without PostgreSQL: ${String(error)}`);
  return null;
});
const setting: Setting = { postgres: postgres?.url ?? null };
const figures: Figure[] = [];
const loadBefore = loadavg()[0]?.toFixed(1);
for (const name of names) {
  if (process.stderr.isTTY) process.stderr.write(`${name} …\r`);
  // A process of its own for each group: none is measured in the heap that another one left.
  await using child = startChild("run-group.ts");
  const measured = await child.ask<Figure[]>({ name, setting });
  figures.push(...measured);
}

const rows = figures.map(cells);
const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GB`;
const facts = `${machine}, Node ${process.versions.node}, ${process.platform}; load average before: ${loadBefore}`;
console.log(`${aligned(rows)}\n\n${facts}`);

if (values.write) {
  const page = `# Figures

Written by \`npm run bench -- --write\` ([how to read it](reading-figures.md)). Each figure stands beside what it is to reach, in its unit or as so many times (×)
its raw limit, and beside that limit: the same work without Sparky, measured in the same run. The last column says how often the limit's time, memory or rate the product
takes (*out of reach*: the limit itself was slower than the promise); it holds on any machine, the other columns on this one, and only while nothing else is at work on it.

${markdown(rows)}

Measured on ${facts}, with client and server on the same cores. Databases flush each commit to the disk
(\`synchronous=FULL\`, \`fsync=on\`).
`;
  writeFileSync(PAGE, page);
}
