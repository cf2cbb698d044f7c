import type { Tell } from "./crash-scenario.ts";
import { lifeToLive } from "./life-to-live.ts";
import { live, type WaitsScenario } from "./waits-scenario.ts";

// A process that kills itself at one moment of its life, if that comes: what waits for others may find them done already.

const { scenario, death } = lifeToLive<WaitsScenario>();
const tell: Tell = ({ when, what, n }) => {
  if (when === death.when && what === death.what && n === death.n) process.kill(process.pid, "SIGKILL");
};
await live(scenario, tell, { is: scenario.apart === true ? "dying" : "alone" });
