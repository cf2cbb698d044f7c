/** Tools of Sparky's own that read or change the memory: its graph, and the facts in it. */
const NAMES: ReadonlySet<string> = new Set([
  ...["graph_stats", "graph_check", "graph_search", "graph_add"],
  ...["recall", "remember", "correct", "forget"],
]);

export const isGraphTool = (name: string): boolean => NAMES.has(name);
