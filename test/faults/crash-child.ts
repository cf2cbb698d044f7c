import { live, type Moment, type Scenario } from "./crash-scenario.ts";

// A process that kills itself at one moment of its life; nothing of it gets the chance to tidy up.

const { scenario, death }: { readonly scenario: Scenario; readonly death: Moment } = JSON.parse(process.argv[2] ?? "");

await live(scenario, ({ when, what, n }) => {
  if (when === death.when && what === death.what && n === death.n) process.kill(process.pid, "SIGKILL");
});
