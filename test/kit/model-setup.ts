import { join } from "node:path";
import { loadConfig, type Environment } from "../../src/config.ts";
import { LiveModels } from "../../src/models/live.ts";
import { openModel } from "../../src/models/open.ts";
import { probeModel } from "../../src/models/probe.ts";
import { selectModel } from "../../src/models/select.ts";
import { ModelSetup } from "../../src/models/setup.ts";
import { changeSettings, settingsStamp } from "../../src/settings.ts";

/** The models of a server with this environment, and how they are set, as `main.ts` builds them. */
export function modelSetup(environment: Environment, home: string): ModelSetup {
  const all = { SPARKY_HOME: home, ...environment };
  const source = { read: () => loadConfig(all), stamp: () => settingsStamp(all, {}) };
  const models = new LiveModels(loadConfig(all), source, {
    onSettings() {},
    onProblem(error) {
      throw error;
    },
  });
  return new ModelSetup({
    models,
    severalNodes: false,
    restartNeeded: () => false,
    file: join(home, ".env"),
    probe: async (settings) => probeModel(openModel(selectModel(settings)), 5000),
    async write(changes) {
      await changeSettings(all, {}, changes);
    },
  });
}
