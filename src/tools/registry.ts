import type { Json } from "../core/events.ts";
import { soundValue } from "../core/text.ts";
import { badJson } from "../core/bad-json.ts";
import type { Prepared, Tool } from "./tool.ts";

/** The tools that a run may call, by name. */
export interface Registry<Tx> {
  list(): readonly Tool<Tx>[];
  get(name: string): Tool<Tx> | undefined;
  /** What a model is told of each tool; of those that it has to search for, nothing. */
  specs(): readonly Pick<Tool<Tx>, "name" | "description" | "effect" | "parameters">[];
  /** The same as JSON, which is written once. */
  specsJson(): string;
}

/** Throws when two tools have one name: a call must mean one thing. */
export function createRegistry<Tx>(tools: readonly Tool<Tx>[]): Registry<Tx> {
  const byName = new Map<string, Tool<Tx>>();
  for (const tool of tools) {
    if (byName.has(tool.name)) throw new Error(`two tools are called "${tool.name}"`);
    byName.set(tool.name, tool);
  }
  const list = [...byName.values()];
  const told = list.filter((tool) => tool.deferred !== true);
  const specs = told.map(({ name, description, effect, parameters }) => ({ name, description, effect, parameters }));
  let json: string | undefined;
  return {
    list: () => list,
    get: (name) => byName.get(name),
    specs: () => specs,
    specsJson: () => (json ??= JSON.stringify(specs)),
  };
}

/**
 * The first step of a call. An unknown tool and arguments that are not what the tool takes are values for the model.
 * Arguments that came as text are parsed once more; no text at all stands for no arguments.
 */
export function prepareCall<Tx>(registry: Registry<Tx>, name: string, args: Json): Prepared<Tx> {
  const tool = registry.get(name);
  if (tool === undefined) {
    const known = registry.list().map((each) => each.name);
    return { ok: false, error: `no tool is called "${name}"; there are: ${known.join(", ") || "none"}` };
  }
  const bad = typeof args === "string" && args.trim() !== "" ? badJson(args) : null;
  if (bad !== null) return { ok: false, error: `the arguments of ${name} are not JSON: ${bad}` };
  return tool.prepare(givenArgs(args));
}

/** The arguments of a call as its tool takes them, where they are JSON at all. */
export function givenArgs(args: Json): Json {
  if (typeof args !== "string") return args ?? {};
  return args.trim() === "" ? {} : soundValue(JSON.parse(args) as Json);
}
