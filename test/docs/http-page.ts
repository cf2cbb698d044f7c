import type { Right } from "../../src/core/rights.ts";
import type { Scope } from "../../src/core/scopes.ts";
import { isInline, nameOf, shapeWords, type Schema, type Schemas } from "./shape-words.ts";

/** The reference of the HTTP API, from the document at `/openapi.json`. */

interface Content {
  readonly content?: { readonly "application/json": { readonly schema: Schema } };
}

interface Operation {
  readonly summary: string;
  readonly security?: readonly object[];
  readonly "x-right"?: Right;
  readonly "x-scopes"?: readonly Scope[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: Content;
  readonly responses: { readonly [status: string]: Content };
}

export interface OpenApi {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: Schemas };
}

/** Told on a page of their own, or nothing to tell. */
const ELSEWHERE = ["Json", "Error"];
/** Characters of a shape that a cell of the table still holds; a longer one gets a heading of its own. */
const SHORT = 100;

export function httpReference({ paths, components: { schemas } }: OpenApi): string {
  const { block, ...words } = shapeWords(schemas, "");
  /** For a cell of a table. */
  const linked = (schema: Schema): string => words.linked(schema).replaceAll("|", "\\|");
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
    if (requestBody?.content !== undefined && !("application/json" in requestBody.content)) return "a form with a file";
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
}
