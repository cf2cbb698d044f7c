import { z } from "zod";
import { jsonSchema, type Json } from "../../src/core/events.ts";
import type { Schedule } from "../../src/wire/schedules.ts";

/** What the form holds: words only, by the API's own names for its fields. The server says what is wrong with them. */
export const FIELDS = [
  "name",
  "description",
  "prompt",
  "when",
  "timezone",
  "catchUp",
  "catchUpMax",
  "catchUpMaxAgeSeconds",
  "overlap",
  "onCrash",
  "jitterSeconds",
  "maxFailures",
  "model",
  "effort",
  "limits.steps",
  "limits.minutes",
  "limits.tokens",
  "limits.costUsd",
  "metadata",
] as const;
export type Field = (typeof FIELDS)[number];
export type FormValues = { readonly [field in Field]: string };

const LIMITS = ["steps", "minutes", "tokens", "costUsd"] as const;

export function emptyForm(timezone: string): FormValues {
  const nothing = Object.fromEntries(FIELDS.map((field) => [field, ""])) as Record<Field, string>;
  return { ...nothing, timezone, catchUp: "latest", overlap: "skip", onCrash: "retry" };
}

export function formOf(schedule: Schedule): FormValues {
  const limit = (name: (typeof LIMITS)[number]): string => String(schedule.limits[name] ?? "");
  return {
    name: schedule.name,
    description: schedule.description,
    prompt: schedule.prompt,
    when: schedule.when,
    timezone: schedule.timezone,
    catchUp: schedule.catchUp,
    catchUpMax: String(schedule.catchUpMax),
    catchUpMaxAgeSeconds: String(schedule.catchUpMaxAgeSeconds / 3600),
    overlap: schedule.overlap,
    onCrash: schedule.onCrash,
    jitterSeconds: String(schedule.jitterSeconds),
    maxFailures: String(schedule.maxFailures),
    model: schedule.model ?? "",
    effort: schedule.effort ?? "",
    "limits.steps": limit("steps"),
    "limits.minutes": limit("minutes"),
    "limits.tokens": limit("tokens"),
    "limits.costUsd": limit("costUsd"),
    metadata: metadataText(schedule.metadata),
  };
}

/** As it is sent. What is no number goes as null, so that the server says so at its field. */
export function bodyOf(values: FormValues): { readonly [field: string]: Json } {
  const { catchUpMaxAgeSeconds, metadata } = values;
  const body: Record<string, Json> = {};
  for (const field of ["name", "description", "prompt", "when", "timezone"] as const)
    body[field] = values[field].trim();
  for (const field of ["catchUp", "overlap", "onCrash"] as const) body[field] = values[field];
  for (const field of ["catchUpMax", "jitterSeconds", "maxFailures"] as const) {
    if (values[field].trim() !== "") body[field] = numberOf(values[field]);
  }
  if (catchUpMaxAgeSeconds.trim() !== "") {
    const hours = numberOf(catchUpMaxAgeSeconds);
    body["catchUpMaxAgeSeconds"] = hours === null ? null : Math.round(hours * 3600);
  }
  body["model"] = values.model.trim() || null;
  body["effort"] = values.effort || null;
  const limits = LIMITS.flatMap((name) => {
    const text = values[`limits.${name}`].trim();
    return text === "" ? [] : [[name, numberOf(text)] as const];
  });
  body["limits"] = Object.fromEntries(limits);
  body["metadata"] = metadataOf(metadata);
  return body;
}

/** Only what is different: a rule that lies in the past may stay as it is. */
export function changesOf(before: FormValues, after: FormValues): { readonly [field: string]: Json } {
  const [old, now] = [bodyOf(before), bodyOf(after)];
  return Object.fromEntries(
    Object.entries(now).filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(old[field])),
  );
}

function numberOf(text: string): number | null {
  const value = Number(text.trim().replace(",", "."));
  return Number.isFinite(value) ? value : null;
}

/** One `key=value` a line. A value that is JSON is taken as such, so a text that looks like it is written in quotes. */
export function metadataText(metadata: { readonly [key: string]: Json }): string {
  const lines = Object.entries(metadata).map(([key, value]) => {
    const isPlain = typeof value === "string" && parsed(value) === undefined && value.trim() === value;
    return `${key}=${isPlain && !value.includes("\n") ? value : JSON.stringify(value)}`;
  });
  return lines.join("\n");
}

/** A line without `=` is a key without a value. */
export function metadataOf(text: string): { readonly [key: string]: Json } {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const [key = "", ...rest] = line.split("=");
      const value = rest.join("=").trim();
      return [key.trim(), parsed(value) ?? value];
    }),
  );
}

function parsed(text: string): Json | undefined {
  try {
    return jsonSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const draftSchema = z.record(z.string(), z.string());

/** What was kept in this browser of a form that was not sent, over the empty one. */
export function withDraft(values: FormValues, draft: string): FormValues {
  const kept = draftSchema.safeParse(parsed(draft));
  if (!kept.success) return values;
  const known = FIELDS.flatMap((field) => {
    const value = kept.data[field];
    return value === undefined ? [] : [[field, value] as const];
  });
  return { ...values, ...Object.fromEntries(known) };
}
