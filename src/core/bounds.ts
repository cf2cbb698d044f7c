import { z } from "zod";
import { jsonSchema } from "./events.ts";

/** What a node, an edge or a fact may hold, whoever writes it. Type and name are keys of an index: they cannot be longer. */

export const MAX_TYPE = 100;
export const MAX_NAME = 200;

/** PostgreSQL's text cannot hold a zero character. */
export const cleanText = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !text.includes("\0"), { error: "must not contain a zero character" });

export const label = (max: number) =>
  cleanText(max)
    .trim()
    .min(1)
    .overwrite((text) => text.normalize("NFC"));

export const dataWithin = (max: number) =>
  z.record(z.string(), jsonSchema).refine((data) => JSON.stringify(data).length <= max, {
    error: `must be at most ${max / 1024} KB as JSON`,
  });
