import type { Figure, Setting } from "./kit/figure.ts";

/** Every group of figures, in the order of the table. Loaded one by one: each runs in a process of its own. */
export const GROUPS: { readonly [name: string]: () => Promise<(setting: Setting) => Promise<Figure[]>> } = {
  "start-up": async () => (await import("./start-up.ts")).startUp,
  "command-line": async () => (await import("./command-line.ts")).commandLine,
  append: async () => (await import("./append.ts")).append,
};
