import { expect, test } from "vitest";
import { graphTools } from "../src/memory/tools.ts";
import { planStep } from "../src/models/demo-plan.ts";
import type { Tx } from "../src/store/store.ts";
import { taskTools } from "../src/tasks/tools.ts";
import { generalTools } from "../src/tools/general.ts";
import { createRegistry, prepareCall } from "../src/tools/registry.ts";
import { sqlite } from "./kit/databases.ts";

/** What people try first, with the demo model and Sparky's own tools. */
const REQUESTS: readonly (readonly [request: string, tools: string])[] = [
  ["Check knowledge graph stats", "graph_stats"],
  ["Please check knowledge graph stats.", "graph_stats"],
  ["check the graph for duplicates", "graph_check"],
  ["how big is my knowledge graph?", "graph_stats"],
  ["Who is Alice?", "graph_search"],
  ["What do you know about trains?", "graph_search"],
  ["Find Alice in the graph", "graph_search"],
  ["Remember that Alice is a person", "graph_add"],
  ["Remember: my dog is called Rex", "graph_add"],
  ["remember that the capital of France is Paris", "graph_add"],
  ["Add Alice --knows--> Bob to the graph", "graph_add"],
  ["add node Berlin of type city", "graph_add"],
  ["Add a person called Ann", "graph_add"],
  ["list my files", "file_list"],
  ["What files do I have?", "file_list"],
  ["read notes.md", "file_read"],
  ["summarize notes.md", "file_read"],
  ["write hello to a.txt", "file_write"],
  ["Create a file called hello.txt with the text Hello World", "file_write"],
  ["what time is it", "current_time"],
  ["What's the date today?", "current_time"],
  ["Add a task to water the plants", "task_add"],
  ["Create a task to check the graph stats and list files", "task_add"],
  ["Queue a task: read notes.md", "task_add"],
  ["Do I have any tasks?", "task_list"],
  ["list pending tasks and check the graph for duplicates", "task_list+graph_check"],
  ["Check graph stats and write them to stats.md", "graph_stats"],
  ["List files, then check the graph stats", "file_list"],
];

test("the demo model finds the right one of Sparky's tools, and the tool takes its arguments", async () => {
  const store = await sqlite.store();
  const registry = createRegistry<Tx>([...generalTools, ...graphTools, ...taskTools(store)]);
  const found = REQUESTS.map(([request]) => {
    const step = planStep([{ role: "user", content: request }], registry.specs());
    const calls = step.kind === "calls" ? step.calls : [];
    const refused = calls.flatMap(({ name, args }) => {
      const prepared = prepareCall(registry, name, args);
      return prepared.ok ? [] : [prepared.error];
    });
    return [request, [...calls.map((call) => call.name), ...refused].join("+")];
  });
  expect(found).toEqual(REQUESTS);
});
