import type { Figure, Setting } from "./kit/figure.ts";

/** Every group of figures, in the order of the table. Loaded one by one: each runs in a process of its own. */
export const GROUPS: { readonly [name: string]: () => Promise<(setting: Setting) => Promise<Figure[]>> } = {
  "start-up": async () => (await import("./start-up.ts")).startUp,
  "command-line": async () => (await import("./command-line.ts")).commandLine,
  "sign-in": async () => (await import("./sign-in.ts")).signInFigures,
  append: async () => (await import("./append.ts")).append,
  claims: async () => (await import("./claims.ts")).claims,
  wake: async () => (await import("./wake.ts")).wake,
  schedules: async () => (await import("./schedules.ts")).schedules,
  frames: async () => (await import("./frames.ts")).frames,
  "fan-out": async () => (await import("./fan-out.ts")).fanOut,
  replay: async () => (await import("./replay.ts")).replay,
  recall: async () => (await import("./recall.ts")).recallFigures,
  graph: async () => (await import("./graph.ts")).graphFigures,
  "tool-servers": async () => (await import("./tool-servers.ts")).toolServers,
  "web-pages": async () => (await import("./web-pages.ts")).webPages,
  turns: async () => (await import("./turns.ts")).turns,
  "runs-at-once": async () => (await import("./runs-at-once.ts")).runsAtOnce,
  "many-streams": async () => (await import("./many-streams.ts")).manyStreams,
  "run-page": async () => (await import("./run-page.ts")).runPage,
  pages: async () => (await import("./pages.ts")).pages,
  recovery: async () => (await import("./recovery.ts")).recovery,
  "aged-home": async () => (await import("./aged-home.ts")).agedHome,
};
