import type { Command } from "commander";
import { EXPORT_FORMATS, IMPORT_FORMATS } from "../../wire/export-formats.ts";
import { group, oneOf, verb, wholeNumber, type Execute } from "../command/command.ts";
import type { NeighborsOptions } from "./around.ts";
import type { ChangesOptions } from "./changes.ts";
import type { CheckOptions } from "./check.ts";
import type { ExportOptions } from "./export.ts";
import type { StatsOptions } from "./graph.ts";
import type { ImportOptions } from "./import.ts";
import type { DuplicatesOptions, MergeOptions } from "./mend.ts";
import type { SearchOptions } from "./search.ts";
import type { ShowOptions } from "./show.ts";

const A_NODE = "its name, its id, or the id's first 4 or more characters";

export function addGraphCommands(program: Command, execute: Execute): void {
  const graph = group(program, "graph", {
    summary: "The agent's memory.",
    examples: ["sparky graph stats", "sparky graph search tea", "sparky graph show Alice"],
  });
  verb(graph, execute, "stats", {
    summary: "Count the memory's nodes and edges.",
    examples: ["sparky graph stats", "sparky graph stats --deep", "sparky graph stats --json"],
    options: [["--deep", "also what belongs together, and what stands in the middle; a big memory takes seconds"]],
    run: async (context, args, options: StatsOptions) =>
      (await import("./graph.ts")).graphStats(context, args, options),
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
    args: { node: A_NODE },
    options: [
      ["-t, --type <type>", "the node's type, where several bear the name"],
      ["-l, --limit <number>", "how many edges (default: 50)", wholeNumber(1, 500)],
      ["--cursor <cursor>", "go on where the edges of an earlier answer ended (their `next`)"],
    ],
    run: async (context, args, options: ShowOptions) => (await import("./show.ts")).showNode(context, args, options),
  });
  verb(graph, execute, "neighbors <node>", {
    summary: "Show what stands around a node, the nearest first.",
    examples: ["sparky graph neighbors Alice", "sparky graph neighbors Alice --depth 2 --json"],
    args: { node: A_NODE },
    options: [
      ["-t, --type <type>", "the node's type, where several bear the name"],
      ["-d, --depth <number>", "how many steps away (default: 1)", wholeNumber(1, 3)],
      ["-l, --limit <number>", "how many nodes (default: 50)", wholeNumber(1, 300)],
    ],
    run: async (context, args, options: NeighborsOptions) =>
      (await import("./around.ts")).graphNeighbors(context, args, options),
  });
  verb(graph, execute, "path <from> <to>", {
    summary: "Find the shortest way between two nodes, in at most six steps.",
    examples: ["sparky graph path Alice Lisbon", "sparky graph path Alice Lisbon --json"],
    args: { from: A_NODE, to: "the same" },
    run: async (context, args) => (await import("./around.ts")).graphPath(context, args),
  });
  verb(graph, execute, "check", {
    summary: "Look for what needs care: broken edges, nodes without edges or content, names borne twice.",
    examples: ["sparky graph check", "sparky graph check --fix --dry-run", "sparky graph check --json"],
    options: [
      ["--fix", "put right what needs no judgement; every part of it can be undone"],
      ["--dry-run", "with --fix: say what would be done, and change nothing"],
    ],
    run: async (context, args, options: CheckOptions) =>
      (await import("./check.ts")).graphCheck(context, args, options),
  });
  verb(graph, execute, "duplicates", {
    summary: "Propose nodes that may be the same thing, with the reasons.",
    examples: ["sparky graph duplicates", "sparky graph duplicates --json"],
    options: [
      ["-l, --limit <number>", "how many (default: 20)", wholeNumber(1, 100)],
      ["--cursor <cursor>", "go on where an earlier list ended (its `next`)"],
    ],
    run: async (context, args, options: DuplicatesOptions) =>
      (await import("./mend.ts")).graphDuplicates(context, args, options),
  });
  verb(graph, execute, "apart <one> <other>", {
    summary: "Say that two nodes are not the same, so that they are not proposed any more.",
    examples: ["sparky graph apart Alice Alicia", "sparky graph apart Alice Alicia --undo"],
    args: { one: A_NODE, other: "the one that is not the same" },
    options: [["--undo", "they may be the same after all"]],
    run: async (context, args, { undo }: { undo?: boolean }) =>
      (await import("./mend.ts")).graphApart(context, args, undo === true),
  });
  verb(graph, execute, "merge <keep> <drop>", {
    summary: "Make two nodes one, without losing anything of either.",
    examples: ["sparky graph merge Alice Alicia --dry-run", "sparky graph merge Alice Alicia --yes"],
    args: { keep: `the one that stays: ${A_NODE}`, drop: "the one that becomes a part of it" },
    options: [
      ["--dry-run", "say what would be done, and change nothing"],
      ["-y, --yes", "do not ask"],
    ],
    run: async (context, args, options: MergeOptions) => (await import("./mend.ts")).graphMerge(context, args, options),
  });
  verb(graph, execute, "changes [node]", {
    summary: "Show what became of the memory, or of one node, the newest first.",
    examples: ["sparky graph changes", "sparky graph changes Alice", "sparky graph changes --json"],
    args: { node: A_NODE },
    options: [
      ["-t, --type <type>", "the node's type, where several bear the name"],
      ["--run <run>", "only what this run has changed"],
      ["-l, --limit <number>", "how many (default: 20)", wholeNumber(1, 500)],
      ["--cursor <cursor>", "go on where an earlier list ended (its `next`)"],
    ],
    run: async (context, args, options: ChangesOptions) =>
      (await import("./changes.ts")).graphChanges(context, args, options),
  });
  verb(graph, execute, "undo <change>", {
    summary: "Put back what a change has changed. That is a change too, and can be undone.",
    examples: ["sparky graph undo 12", "sparky graph undo 12 --json"],
    args: { change: "its number, as `sparky graph changes` shows it" },
    run: async (context, args) => (await import("./changes.ts")).undoChange(context, args),
  });
  verb(graph, execute, "export", {
    summary: "Write all that you may see of the memory, for other programs.",
    examples: [
      "sparky graph export -o ~/graph.json",
      "sparky graph export --format graphml -o ~/graph.graphml",
      "sparky graph export --format csv --part edges",
      "sparky graph export -o ~/graph.zip",
    ],
    options: [
      [
        "-f, --format <format>",
        `${EXPORT_FORMATS.join(", ")} (default: as the file's name ends, .zip for md, else json)`,
        oneOf(EXPORT_FORMATS),
      ],
      ["--part <part>", "for csv, which holds one table a file: nodes (default) or edges", oneOf(["nodes", "edges"])],
      ["-o, --output <file>", "where to write (default: stdout); it is there only when it is whole"],
    ],
    run: async (context, args, options: ExportOptions) =>
      (await import("./export.ts")).graphExport(context, args, options),
  });
  verb(graph, execute, "import <file>", {
    summary: "Take in a file that `export` wrote as jsonl, json or graphml, or another program's GraphML.",
    examples: [
      "sparky graph import ~/graph.json --dry-run",
      "sparky graph import ~/graph.json",
      "sparky graph import ~/graph.graphml --json",
    ],
    args: { file: "what is in it is yours alone then; what is there already is left, so it can be done again" },
    options: [
      ["-f, --format <format>", `${IMPORT_FORMATS.join(", ")} (default: as the file begins)`, oneOf(IMPORT_FORMATS)],
      ["--dry-run", "say what would be done, and change nothing"],
      ["--shared", "what the file says is shared by all is so here too; for the owner"],
    ],
    run: async (context, args, options: ImportOptions) =>
      (await import("./import.ts")).graphImport(context, args, options),
  });
}
