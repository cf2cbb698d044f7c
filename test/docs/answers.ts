import { z } from "zod";
import type { OpenApi } from "./http-page.ts";

/** What an answer must look like, by the server's own description of itself. */

type Node = { readonly [key: string]: unknown };

/** The schema of a route's answer with this status; null where it has no body. Fields that are not described are refused. */
export function answerSchema(document: OpenApi, method: string, path: string, status: number): z.ZodType | null {
  const operation = document.paths[path]?.[method.toLowerCase()];
  const answer = operation?.responses[String(status)];
  if (answer === undefined) throw new Error(`${method} ${path} does not describe the status ${status}`);
  const schema = answer.content?.["application/json"].schema;
  if (schema === undefined) return null;
  const local = { ...schema, $defs: document.components.schemas };
  const text = JSON.stringify(closed(local)).replaceAll("#/components/schemas/", "#/$defs/");
  return z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0]);
}

/** The path as it is described that `actual` is an instance of. */
export function describedPath(document: OpenApi, actual: string): string {
  const [plain = ""] = actual.split("?");
  const fits = (path: string): boolean => new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`).test(plain);
  const found = Object.keys(document.paths).find(fits);
  if (found === undefined) throw new Error(`${actual} is not described`);
  return found;
}

function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== "object" || node === null) return node;
  const copy: Node = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  const isOpenObject = copy["type"] === "object" && "properties" in copy && !("additionalProperties" in copy);
  return isOpenObject ? { ...copy, additionalProperties: false } : copy;
}
