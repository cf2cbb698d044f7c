/** Shapes in words for people: the JSON schemas of the wire, as TypeScript writes them. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

export type Schemas = { readonly [name: string]: Schema };

/** So many alternatives of objects are the events of a log. */
const MANY = 8;

export interface ShapeWords {
  /** The shape as a type, on one line. */
  readonly typeOf: (schema: Schema) => string;
  /** One field a line. */
  readonly block: (schema: Schema) => string;
  /** For a sentence: a link to the shape's heading on the page, if it has one. */
  readonly linked: (schema: Schema) => string;
}

export function shapeWords(schemas: Schemas, page: string): ShapeWords {
  const typeOf = (schema: Schema): string => {
    const name = nameOf(schema);
    if (name !== null) return isInline(name) ? typeOf(schemas[name] ?? {}) : name;
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
    const either = schema.anyOf ?? schema.oneOf;
    if (either !== undefined) return either.length > MANY ? "Event" : either.map((one) => typeOf(one)).join(" | ");
    if (schema.items !== undefined) return listOf(typeOf(schema.items));
    if (schema.properties !== undefined) {
      const fields = Object.entries(schema.properties).map(
        ([field, value]) => `${field}${mark(schema, field)}: ${typeOf(value)}`,
      );
      return `{ ${fields.join(", ")} }`;
    }
    if (typeof schema.additionalProperties === "object") return `{ [name]: ${typeOf(schema.additionalProperties)} }`;
    return [schema.type ?? "any"].flat().join(" | ");
  };
  const link = (name: string): string => `[${name}](${page}#${name.toLowerCase()})`;
  return {
    typeOf,
    block(schema) {
      const { properties } = schema;
      if (properties === undefined) return typeOf(schema);
      const lines = Object.entries(properties).map(
        ([name, value]) => `  ${name}${mark(schema, name)}: ${typeOf(value)}`,
      );
      return ["{", ...lines, "}"].join("\n");
    },
    linked(schema) {
      const name = nameOf(schema);
      if (name === "Json") return "any JSON";
      if (name !== null && !isInline(name)) return link(name);
      const { properties } = name === null ? schema : (schemas[name] ?? {});
      const item = properties?.["items"]?.items;
      if (item !== undefined && properties?.["next"] !== undefined) {
        const of = nameOf(item);
        return `list of ${of === null || isInline(of) ? `\`${typeOf(item)}\`` : link(of)}`;
      }
      return `\`${typeOf(schema)}\``;
    },
  };
}

export function nameOf({ $ref }: Schema): string | null {
  return $ref?.split("/").at(-1) ?? null;
}

/** Shapes without a name of their own are shown where they stand. */
export function isInline(name: string): boolean {
  return /^Shape\d+$/.test(name);
}

function mark({ required = [] }: Schema, field: string): string {
  return required.includes(field) ? "" : "?";
}

function listOf(type: string): string {
  return type.includes(" | ") && !type.startsWith("{") ? `(${type})[]` : `${type}[]`;
}
