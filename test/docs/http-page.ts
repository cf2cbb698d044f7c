/** The reference of the HTTP API, from the document at `/openapi.json`. */

interface Schema {
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

interface Content {
  readonly content?: { readonly "application/json": { readonly schema: Schema } };
}

interface Operation {
  readonly summary: string;
  readonly security?: readonly object[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: Content;
  readonly responses: { readonly [status: string]: Content };
}

export interface OpenApi {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: { readonly [name: string]: Schema } };
}

/** Told on a page of their own, or nothing to tell. */
const ELSEWHERE = ["Json", "Error"];
/** Characters of a shape that a cell of the table still holds; a longer one gets a heading of its own. */
const SHORT = 100;
/** So many alternatives of objects are the events of a log. */
const MANY = 8;

export function httpReference({ paths, components: { schemas } }: OpenApi): string {
  const long: string[] = [];
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const route = `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`;
      return `| ${[`\`${route}\``, summaryOf(operation), takes(operation), gives(route, operation)].join(" | ")} |`;
    }),
  );
  const named = Object.entries(schemas).filter(([name]) => !isInline(name) && !ELSEWHERE.includes(name));
  return [
    "## Routes",
    "",
    "| Route | | Takes | Answers |",
    "| --- | --- | --- | --- |",
    ...routes,
    "",
    "## Shapes",
    "",
    ...named.flatMap(([name, schema]) => section(name, schema)),
    ...long,
  ].join("\n");

  function section(title: string, schema: Schema): readonly string[] {
    return [`### ${title}`, "", "```ts", block(schema), "```", ""];
  }

  function summaryOf({ summary, security }: Operation): string {
    return security?.length === 0 ? `${summary} Open: needs no sign-in.` : summary;
  }

  function takes({ parameters, requestBody }: Operation): string {
    const query = parameters.filter((parameter) => parameter.in === "query").map(({ name }) => `\`${name}\``);
    const body = requestBody?.content?.["application/json"].schema;
    return [...(query.length > 0 ? [`?${query.join(" ")}`] : []), ...(body === undefined ? [] : [linked(body)])].join(
      "; ",
    );
  }

  function gives(route: string, { responses }: Operation): string {
    return Object.entries(responses)
      .filter(([status]) => status !== "default")
      .map(([status, { content }]) => {
        const schema = content?.["application/json"].schema;
        if (schema === undefined) return status;
        const link = linked(schema);
        if (link.startsWith("[") || link.length <= SHORT) return `${status} ${link}`;
        long.push(...section(route, schemas[nameOf(schema) ?? ""] ?? schema));
        return `${status} [as below](#${route
          .toLowerCase()
          .replace(/[^a-z0-9 _-]/g, "")
          .replaceAll(" ", "-")})`;
      })
      .join(", ");
  }

  /** For a cell of a table. */
  function linked(schema: Schema): string {
    const name = nameOf(schema);
    if (name === "Json") return "any JSON";
    if (name !== null && !isInline(name)) return `[${name}](#${name.toLowerCase()})`;
    const { properties } = name === null ? schema : (schemas[name] ?? {});
    const item = nameOf(properties?.["items"]?.items ?? {});
    if (item !== null) return `list of [${item}](#${item.toLowerCase()})`;
    return `\`${typeOf(schema).replaceAll("|", "\\|")}\``;
  }

  function block(schema: Schema): string {
    const { properties } = schema;
    if (properties === undefined) return typeOf(schema);
    const lines = Object.entries(properties).map(([name, value]) => `  ${name}${mark(schema, name)}: ${typeOf(value)}`);
    return ["{", ...lines, "}"].join("\n");
  }

  function typeOf(schema: Schema): string {
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
  }
}

function nameOf({ $ref }: Schema): string | null {
  return $ref?.split("/").at(-1) ?? null;
}

/** Shapes without a name of their own are shown where they stand. */
function isInline(name: string): boolean {
  return /^Shape\d+$/.test(name);
}

function mark({ required = [] }: Schema, field: string): string {
  return required.includes(field) ? "" : "?";
}

function listOf(type: string): string {
  return type.includes(" | ") && !type.startsWith("{") ? `(${type})[]` : `${type}[]`;
}
