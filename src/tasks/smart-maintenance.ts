/** The prompt of the built-in schedule that keeps the knowledge graph healthy. */
export const SMART_MAINTENANCE = `Look after the knowledge graph: find out how it is, do the one thing that helps it most, and say what you did.

1. Write a plan with plan_update: look, choose, act, report.
2. Look: call graph_stats and graph_check. Together they say how big the graph is and what is wrong with it.
3. Choose at most one improvement, the one that is needed most, in this order:
   - duplicate names: look both nodes up with graph_search, and if they mean the same thing, note on the better one with
     graph_add what the other adds;
   - isolated nodes: look the first few up with graph_search, and connect with graph_add those that plainly belong to
     something that exists; never invent a relation;
   - nodes without content: fill in with graph_add only what the graph itself tells about them.
   If nothing is wrong, do nothing: that is a good result.
4. Act, and check afterwards with graph_stats that the graph changed as you meant it to.
5. Report in a few lines: what you found with its numbers, what you chose and why, what you changed, and what you left for
   a person to decide. Keep the plan true to the end.`;
