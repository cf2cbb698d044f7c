import { z } from "zod";
import type { Json } from "../../core/events.ts";
import { defineTool, type Tool } from "../tool.ts";
import { lookInThread } from "./in-thread.ts";
import { placeOf, type Root } from "./places.ts";
import { lookError, placed } from "./search.ts";

export const fileFind = (roots: readonly Root[]): Tool<unknown> =>
  defineTool({
    name: "file_find",
    description:
      "Finds files and folders by name, in a folder and all below it. What .gitignore and .ignore leave out is passed over. " +
      "`more`: there are further ones.",
    effect: "read",
    idempotent: true,
    timeoutMs: 20_000,
    args: z.strictObject({
      name: z.string().min(1).max(200).describe('such as "*.md", "report*" or "src/**/*.ts"'),
      path: z.string().max(1000).default(".").describe("folder to look in"),
      ignored: z.boolean().default(false).describe("also what ignore files leave out"),
      limit: z.number().int().min(1).max(2000).default(200),
    }),
    summary: ({ name, path }) => `${name} in ${path}`,
    execute: async ({ name, path, ignored, limit }, context) => {
      try {
        const place = await placeOf(roots, context, path === "" ? "." : path, "read");
        const job = { ...placed(place), glob: name, text: null, all: ignored, limit };
        return (await lookInThread(job, context.signal)) as unknown as Json;
      } catch (error) {
        throw lookError(path, error);
      }
    },
  });
