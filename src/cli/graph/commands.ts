import type { Command } from "commander";
import { EXPORT_FORMATS } from "../../wire/export-formats.ts";
import { group, oneOf, verb, wholeNumber, type Execute } from "../command/command.ts";
import type { ExportOptions } from "./export.ts";
import type { SearchOptions } from "./search.ts";
import type { ShowOptions } from "./show.ts";

export function addGraphCommands(program: Command, execute: Execute): void {
  const graph = group(program, "graph", {
    summary: "The agent's memory.",
    examples: ["sparky graph stats", "sparky graph search tea", "sparky graph show Alice"],
  });
  verb(graph, execute, "stats", {
    summary: "Count the memory's nodes and edges.",
    examples: ["sparky graph stats", "sparky graph stats --json"],
    run: async (context) => (await import("./graph.ts")).graphStats(context),
  });
  verb(graph, execute, "search [words...]", {
    summary: "Find nodes by words in their names, types and contents, the best first.",
    examples: ["sparky graph search tea", "sparky graph search --type person", "sparky graph search green tea --json"],
    args: { words: "what to look for: any of them, part of a word too (default: every node)" },
    options: [
      ["-t, --type <type>", "only nodes of this type"],
      ["-l, --limit <number>", "how many (default: 20)", wholeNumber(1, 100)],
      ["--cursor <cursor>", "go on where an earlier list ended (its `next`)"],
    ],
    run: async (context, args, options: SearchOptions) =>
      (await import("./search.ts")).graphSearch(context, args, options),
  });
  verb(graph, execute, "show <node>", {
    summary: "Show what is known of a node, and its edges.",
    examples: ["sparky graph show Alice", "sparky graph show Alice --type person --json"],
    args: { node: "its name, its id, or the id's first 4 or more characters" },
    options: [
      ["-t, --type <type>", "the node's type, where several bear the name"],
      ["-l, --limit <number>", "how many edges (default: 50)", wholeNumber(1, 500)],
      ["--cursor <cursor>", "go on where the edges of an earlier answer ended (their `next`)"],
    ],
    run: async (context, args, options: ShowOptions) => (await import("./show.ts")).showNode(context, args, options),
  });
  verb(graph, execute, "check", {
    summary: "Look for what needs care: broken edges, nodes without edges or content, names borne twice.",
    examples: ["sparky graph check", "sparky graph check --json"],
    run: async (context) => (await import("./check.ts")).graphCheck(context),
  });
  verb(graph, execute, "export", {
    summary: "Write all that you may see of the memory, for other programs.",
    examples: [
      "sparky graph export -o ~/graph.json",
      "sparky graph export --format graphml -o ~/graph.graphml",
      "sparky graph export --format csv --part edges",
    ],
    options: [
      [
        "-f, --format <format>",
        `${EXPORT_FORMATS.join(", ")} (default: as the file's name ends, else json)`,
        oneOf(EXPORT_FORMATS),
      ],
      ["--part <part>", "for csv, which holds one table a file: nodes (default) or edges", oneOf(["nodes", "edges"])],
      ["-o, --output <file>", "where to write (default: stdout); it is there only when it is whole"],
    ],
    run: async (context, args, options: ExportOptions) =>
      (await import("./export.ts")).graphExport(context, args, options),
  });
}
