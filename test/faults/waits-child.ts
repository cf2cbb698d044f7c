import { lifeToLive } from "./life-to-live.ts";
import { live, type WaitsScenario } from "./waits-scenario.ts";

// A process that kills itself at one moment of its life, if that comes: what waits for others may find them done already.

const { scenario, death } = lifeToLive<WaitsScenario>();
await live(scenario, ({ when, what, n }) => {
  if (when === death.when && what === death.what && n === death.n) process.kill(process.pid, "SIGKILL");
});
