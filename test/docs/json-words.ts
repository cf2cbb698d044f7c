import { z } from "zod";
import { chatEventSchema } from "../../src/core/events.ts";
import { NAMED } from "../../src/wire/openapi.ts";
import { JSON_SHAPES, type JsonShape } from "./json-shapes.ts";
import { shapeWords, type Schema, type Schemas } from "./shape-words.ts";

/** What `--json` prints, in words for the reference; shapes with a name are on the page of the HTTP API. */
export function jsonWords(): (command: string) => string {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });
  let made = 0;
  const ref = (schema: z.ZodType): Schema => {
    if (!registry.has(schema)) registry.add(schema, { id: `Shape${++made}` });
    return { $ref: `#/${registry.get(schema)?.id}` };
  };
  const refs = new Map(
    Object.values(JSON_SHAPES)
      .flat()
      .flatMap(({ shape, and }) => (and === undefined ? [shape] : [shape, and]))
      .map((schema) => [schema, ref(schema)] as const),
  );
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/${id}`, io: "output", unrepresentable: "any" });
  const { linked } = shapeWords(schemas as Schemas, "http.md");
  const words = ({ given, shape, and, stream }: JsonShape): string => {
    const what = shape === chatEventSchema ? "[Event](events.md)" : linked(refs.get(shape) ?? {});
    const more = and === undefined ? "" : ` with ${linked(refs.get(and) ?? {})}`;
    return `${stream ? "one " : ""}${what}${more}${stream ? " a line" : ""}${given === undefined ? "" : ` with \`${given}\``}`;
  };
  return (command) => (JSON_SHAPES[command] ?? []).map(words).join("; ");
}
