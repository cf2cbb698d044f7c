import { flushCompileCache } from "node:module";
import { live, type Moment, type Scenario } from "./crash-scenario.ts";

// A process that kills itself at one moment of its life; nothing of it gets the chance to tidy up. If that never comes, it
// says how often it had been at the like of it.

const { scenario, death }: { readonly scenario: Scenario; readonly death: Moment } = JSON.parse(process.argv[2] ?? "");

flushCompileCache();
let last = 0;
await live(scenario, ({ when, what, n }) => {
  if (when !== death.when || what !== death.what) return;
  if (n === death.n) process.kill(process.pid, "SIGKILL");
  last = n;
});
process.stdout.write(String(last));
