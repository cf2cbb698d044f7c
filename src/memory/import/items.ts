import { z } from "zod";
import { SparkyError } from "../../core/errors.ts";
import { checkStorable } from "../../core/storable.ts";
import { soundValue } from "../../core/text.ts";
import { cleanText, dataWithin, label, MAX_NAME, MAX_TYPE } from "../../core/bounds.ts";
import { FACT_KINDS } from "../../wire/fact-words.ts";
import { issuesInWords } from "../../wire/issue-words.ts";
import type { Findings } from "./findings.ts";

/** What readers of all formats find, one thing at a time. */
export interface Found {
  readonly line: number;
  readonly kind: "node" | "edge" | "fact";
  readonly value: unknown;
}

/** An id of the file: it only says what belongs together. */
const ref = cleanText(500).min(1);
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
/** More than a tool may write at once: nodes grow. */
const data = dataWithin(262_144).default({});

const nodeSchema = z.object({
  id: ref,
  type: label(MAX_TYPE),
  name: label(MAX_NAME),
  content: cleanText(262_144).default(""),
  data,
  aliases: z
    .array(z.object({ type: label(MAX_TYPE), name: label(MAX_NAME) }))
    .max(1000)
    .default([]),
  shared: z.boolean().default(false),
  createdAt: time.optional(),
  updatedAt: time.optional(),
});
export type ImportedNode = z.infer<typeof nodeSchema>;

const edgeSchema = z.object({
  id: ref.optional(),
  source: ref,
  target: ref,
  type: label(MAX_TYPE),
  data,
  shared: z.boolean().default(false),
  createdAt: time.optional(),
});
export type ImportedEdge = z.infer<typeof edgeSchema>;

const factSchema = z
  .object({
    id: ref,
    subject: ref,
    object: ref.optional(),
    relation: label(100).optional(),
    text: label(500),
    factKind: z.enum(FACT_KINDS).default("profile"),
    stated: z.boolean().default(true),
    validFrom: time.optional(),
    validTo: time.optional(),
    recordedAt: time.optional(),
    retiredAt: time.optional(),
    supersededBy: ref.optional(),
    uses: z.int().min(0).max(1_000_000_000).default(0),
    lastUsedAt: time.optional(),
    pinned: z.boolean().default(false),
    status: z.enum(["active", "proposed", "retired"]).default("active"),
    shared: z.boolean().default(false),
  })
  .refine(({ validFrom, validTo }) => validFrom === undefined || validTo === undefined || validFrom <= validTo, {
    error: "it would end before it begins",
    path: ["validTo"],
  });
export type ImportedFact = z.infer<typeof factSchema>;

const KNOWN = {
  node: new Set(["kind", ...Object.keys(nodeSchema.shape)]),
  // An export names the ends for its reader.
  edge: new Set(["kind", "sourceName", "targetName", ...Object.keys(edgeSchema.shape)]),
  // Whoever imports it says it; where it was said is not here.
  fact: new Set(["kind", "subjectName", "author", "sources", ...Object.keys(factSchema.shape)]),
};

/** null: it has a fault, which was told. */
export function nodeOf(found: Found, findings: Findings): ImportedNode | null {
  return parsed(nodeSchema, found, findings);
}

export function edgeOf(found: Found, findings: Findings): ImportedEdge | null {
  return parsed(edgeSchema, found, findings);
}

export function factOf(found: Found, findings: Findings): ImportedFact | null {
  return parsed(factSchema, found, findings);
}

function parsed<S extends z.ZodType>(schema: S, { line, kind, value }: Found, findings: Findings): z.output<S> | null {
  try {
    checkStorable(value);
  } catch (error) {
    if (!(error instanceof SparkyError)) throw error;
    findings.problem(line, error.message);
    return null;
  }
  const result = schema.safeParse(soundValue(value));
  if (!result.success) {
    findings.problem(line, issuesInWords(result.error));
    return null;
  }
  // An object, or it would not have passed.
  for (const name of Object.keys(value as object)) if (!KNOWN[kind].has(name)) findings.unknownField(line, name);
  return result.data;
}
