import type { Json } from "./events.ts";

/**
 * A form of one level, as JSON Schema's objects of strings, numbers, booleans and choices say it: what MCP's elicitation
 * asks with. Whoever shows it and whoever checks what came back reads it here.
 */

export interface FormField {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly required: boolean;
  /** `choice`: one of the options; `choices`: a list of some. */
  readonly kind: "text" | "number" | "integer" | "boolean" | "choice" | "choices";
  readonly options: readonly { readonly value: string; readonly label: string }[];
  /** Of a value, of a text's length, or of how many are chosen. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly format: string | undefined;
  readonly initial: Json | undefined;
}

const MOST_FIELDS = 50;
const MOST_OPTIONS = 200;

/** null: it is no such form. */
export function formFields(schema: Json): readonly FormField[] | null {
  const form = objectOf(schema);
  const properties = objectOf(form?.["properties"]);
  if (form === null || properties === null) return null;
  const entries = Object.entries(properties);
  const required = Array.isArray(form["required"]) ? form["required"] : [];
  if (entries.length === 0 || entries.length > MOST_FIELDS) return null;
  const fields = entries.map(([name, field]) => fieldOf(name, field, required.includes(name)));
  return fields.every((field) => field !== null) ? fields : null;
}

function fieldOf(name: string, given: Json, required: boolean): FormField | null {
  const schema = objectOf(given);
  if (schema === null) return null;
  const { title, description, format, default: initial } = schema;
  const base = {
    name,
    title: typeof title === "string" ? title : name,
    description: typeof description === "string" ? description : "",
    required,
    options: [],
    min: numberOf(schema["minLength"] ?? schema["minimum"] ?? schema["minItems"]),
    max: numberOf(schema["maxLength"] ?? schema["maximum"] ?? schema["maxItems"]),
    format: typeof format === "string" ? format : undefined,
    initial,
  };
  const { type } = schema;
  if (type === "number" || type === "integer" || type === "boolean") return { ...base, kind: type };
  if (type === "array") {
    const options = optionsOf(objectOf(schema["items"]) ?? {});
    return options === null ? null : { ...base, kind: "choices", options };
  }
  if (type !== "string") return null;
  if (schema["enum"] === undefined && schema["oneOf"] === undefined) return { ...base, kind: "text" };
  const options = optionsOf(schema);
  return options === null ? null : { ...base, kind: "choice", options };
}

function optionsOf(schema: { readonly [key: string]: Json }): FormField["options"] | null {
  const { enum: values, enumNames: names } = schema;
  const titled = schema["oneOf"] ?? schema["anyOf"];
  const options = Array.isArray(values)
    ? values.map((value, at) => option(value, Array.isArray(names) ? names[at] : undefined))
    : Array.isArray(titled)
      ? titled.map((each) => option(objectOf(each)?.["const"], objectOf(each)?.["title"]))
      : [];
  if (options.length === 0 || options.length > MOST_OPTIONS) return null;
  return options.every((each) => each !== null) ? options : null;
}

function option(value: Json | undefined, label: Json | undefined): FormField["options"][number] | null {
  if (typeof value !== "string") return null;
  return { value, label: typeof label === "string" ? label : value };
}

/** What is wrong with what was filled in; null: nothing. */
export function formProblem(fields: readonly FormField[], answer: Json): string | null {
  const given = objectOf(answer);
  if (given === null) return `must be an object with ${fields.map(({ name }) => name).join(", ")}`;
  const stranger = Object.keys(given).find((name) => !fields.some((field) => field.name === name));
  if (stranger !== undefined) return `${stranger}: there is no such field`;
  for (const field of fields) {
    const value = given[field.name];
    const problem = value === undefined ? (field.required ? "is needed" : null) : fieldProblem(field, value);
    if (problem !== null) return `${field.name}: ${problem}`;
  }
  return null;
}

function fieldProblem({ kind, options, min = -Infinity, max = Infinity }: FormField, value: Json): string | null {
  const isOption = (one: Json): boolean => options.some((each) => each.value === one);
  const allowed = options.map((each) => each.value).join(", ");
  switch (kind) {
    case "text":
      if (typeof value !== "string") return "must be text";
      return value.length < min || value.length > max ? `must have ${range(min, max)} characters` : null;
    case "number":
    case "integer":
      if (typeof value !== "number" || (kind === "integer" && !Number.isInteger(value)))
        return kind === "integer" ? "must be a whole number" : "must be a number";
      return value < min || value > max ? `must be ${range(min, max)}` : null;
    case "boolean":
      return typeof value === "boolean" ? null : "must be true or false";
    case "choice":
      return isOption(value) ? null : `must be one of: ${allowed}`;
    case "choices":
      if (!Array.isArray(value) || !value.every(isOption)) return `must be a list of: ${allowed}`;
      return value.length < min || value.length > max ? `must be ${range(min, max)} of them` : null;
  }
}

function range(min: number, max: number): string {
  if (max === Infinity) return `at least ${min}`;
  return min === -Infinity ? `at most ${max}` : `${min} to ${max}`;
}

function objectOf(value: Json | undefined): { readonly [key: string]: Json } | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** An answer in words, of whatever kind it is. */
export function answerWords(answer: Json): string {
  if (typeof answer === "string") return answer;
  const fields = objectOf(answer);
  if (fields === null) return JSON.stringify(answer);
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
