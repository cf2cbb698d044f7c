import { z } from "zod";
import { jsonSchema, type Json } from "../core/events.ts";

/** What `graph_add` takes. Flat on purpose: small models fill flat arguments in more reliably than nested references. */

const MAX_DATA = 16_384;

/** PostgreSQL's text cannot hold a zero character. */
const cleanText = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !text.includes("\0"), { error: "must not contain a zero character" });

const label = (max: number) =>
  cleanText(max)
    .trim()
    .min(1)
    .overwrite((text) => text.normalize("NFC"));

const dataSchema = z
  .record(z.string(), jsonSchema)
  .refine((data) => JSON.stringify(data).length <= MAX_DATA, { error: "must be at most 16 KB as JSON" });

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
          type: label(100).describe("what kind of thing it is, such as person, topic, fact"),
          name: label(200).describe("what it is called"),
          content: cleanText(20_000).describe("what is known of it, in sentences").optional(),
          data: dataSchema.describe("further facts by name").optional(),
        }),
      )
      .max(100)
      .default([]),
    edges: z
      .array(
        z.strictObject({
          source: label(200).describe("node that the edge leaves: its id or name"),
          target: label(200).describe("node that it leads to: its id or name"),
          type: label(100).describe("how they relate, read from source to target, such as knows, part of"),
          sourceType: label(100).describe("type of the source, where its name is not enough").optional(),
          targetType: label(100).describe("type of the target, where its name is not enough").optional(),
          data: dataSchema.optional(),
        }),
      )
      .max(200)
      .default([]),
  })
  .refine(({ nodes, edges }) => nodes.length + edges.length > 0, { error: "give at least one node or edge" });
