import { z } from "zod";
import type { Json } from "../core/events.ts";
import { cleanText, dataWithin, label, MAX_NAME, MAX_TYPE } from "../core/bounds.ts";

/** What `graph_add` takes. Flat on purpose: small models fill flat arguments in more reliably than nested references. */

const dataSchema = dataWithin(16_384);

export interface AddArgs {
  readonly nodes: readonly {
    readonly type: string;
    readonly name: string;
    readonly content?: string | undefined;
    readonly data?: { readonly [key: string]: Json } | undefined;
  }[];
  readonly edges: readonly {
    readonly source: string;
    readonly target: string;
    readonly type: string;
    readonly sourceType?: string | undefined;
    readonly targetType?: string | undefined;
    readonly data?: { readonly [key: string]: Json } | undefined;
  }[];
}

export const addArgsSchema: z.ZodType<AddArgs> = z
  .strictObject({
    nodes: z
      .array(
        z.strictObject({
          type: label(MAX_TYPE).describe("what kind of thing it is, such as person, topic, fact"),
          name: label(MAX_NAME).describe("what it is called"),
          content: cleanText(20_000).describe("what is known of it, in sentences").optional(),
          data: dataSchema.describe("further facts by name").optional(),
        }),
      )
      .max(100)
      .default([]),
    edges: z
      .array(
        z.strictObject({
          source: label(MAX_NAME).describe("node that the edge leaves: its id or name"),
          target: label(MAX_NAME).describe("node that it leads to: its id or name"),
          type: label(MAX_TYPE).describe("how they relate, read from source to target, such as knows, part of"),
          sourceType: label(MAX_TYPE).describe("type of the source, where its name is not enough").optional(),
          targetType: label(MAX_TYPE).describe("type of the target, where its name is not enough").optional(),
          data: dataSchema.optional(),
        }),
      )
      .max(200)
      .default([]),
  })
  .refine(({ nodes, edges }) => nodes.length + edges.length > 0, { error: "give at least one node or edge" });
