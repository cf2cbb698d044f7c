import { live, type HandsScenario } from "./hands-scenario.ts";
import { lifeToLive } from "./life-to-live.ts";

// A process that kills itself at one moment of its life, if that comes.

const { scenario, death } = lifeToLive<HandsScenario>();
await live(scenario, ({ when, what, n }) => {
  if (when === death.when && what === death.what && n === death.n) process.kill(process.pid, "SIGKILL");
});
