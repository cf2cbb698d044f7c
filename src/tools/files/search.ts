import { z } from "zod";
import type { Json } from "../../core/events.ts";
import type { Masking } from "../../core/known-secrets.ts";
import { defineTool, type Tool } from "../tool.ts";
import { lookInThread } from "./in-thread.ts";
import { shownLine, type Line } from "./long-lines.ts";
import type { Match } from "./look.ts";
import { placeOf, type Place, type Root } from "./places.ts";
import { codeOf, fileError } from "./workspace.ts";

export const fileSearch = (roots: readonly Root[]): Tool<unknown> =>
  defineTool({
    name: "file_search",
    description:
      "Searches text files for a regular expression, line by line. What .gitignore and .ignore leave out is not searched, nor " +
      "what is binary. `passed` counts files that could not be searched; `more`: there are further matches.",
    effect: "read",
    idempotent: true,
    timeoutMs: 20_000,
    args: z.strictObject({
      pattern: z.string().min(1).max(1000).describe("regular expression as in JavaScript"),
      path: z.string().max(1000).default(".").describe("folder to search"),
      files: z.string().min(1).max(200).optional().describe('which files, such as "*.md" or "src/**/*.ts"'),
      literal: z.boolean().default(false).describe("the pattern is plain text"),
      ignoreCase: z.boolean().default(false),
      around: z.number().int().min(0).max(10).default(0).describe("lines to show before and after"),
      ignored: z.boolean().default(false).describe("also what ignore files leave out"),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    summary: ({ pattern, path, files }) => `${pattern} in ${files ?? "all"} of ${path}`,
    execute: async (args, context) => {
      try {
        const pattern = args.literal ? args.pattern.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&") : args.pattern;
        const flags = args.ignoreCase ? "ui" : "u";
        checkPattern(pattern, flags);
        const place = await placeOf(roots, context, args.path === "" ? "." : args.path, "read");
        const { signal, masking } = context;
        const text = { pattern, flags, around: args.around, reach: masking.reach };
        const job = { ...placed(place), glob: args.files ?? null, text, all: args.ignored, limit: args.limit };
        const looked = await lookInThread(job, signal);
        if (!("matches" in looked)) throw new Error("the search told of files, not of lines");
        return { ...looked, matches: looked.matches.map((match) => shown(match, masking)) };
      } catch (error) {
        throw lookError(args.path, error);
      }
    },
  });

function shown({ path, line, text, before, after }: Match, masking: Masking): Json {
  const all = (lines: readonly Line[]): string[] => lines.map((each) => shownLine(each, masking));
  return {
    path,
    line,
    text: shownLine(text, masking),
    ...(before !== undefined && { before: all(before) }),
    ...(after !== undefined && { after: all(after) }),
  };
}

/** Only made, not run: that is for the thread. */
function checkPattern(pattern: string, flags: string): void {
  try {
    new RegExp(pattern, flags);
  } catch (error) {
    throw new Error(`${(error as Error).message}: set \`literal\` to look for plain text`, { cause: error });
  }
}

export const placed = ({ base, real, path }: Place) => ({ base, real, path });

export function lookError(path: string, error: unknown): Error {
  return codeOf(error) === "ENOTDIR"
    ? new Error(`"${path}" is a file: file_read shows it`, { cause: error })
    : fileError(path, error);
}
