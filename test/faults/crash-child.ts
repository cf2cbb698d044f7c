import { live, type Scenario } from "./crash-scenario.ts";

// A process that kills itself right before or right after its k-th commit; nothing of it gets the chance to tidy up.

interface Order {
  readonly scenario: Scenario;
  readonly when: "before" | "after";
  readonly k: number;
}

const { scenario, when, k }: Order = JSON.parse(process.argv[2] ?? "");

await live(scenario, {
  [when]: (_kind: string, n: number) => {
    if (n === k) process.kill(process.pid, "SIGKILL");
  },
});
