import type { Json } from "../../core/events.ts";
import { shorten } from "../../core/text.ts";
import type { Findings } from "./findings.ts";
import type { Found } from "./items.ts";
import { badFile, MOST_LENGTH, tooLong } from "./text.ts";
import { xmlParts, type XmlPart } from "./xml.ts";

/**
 * http://graphml.graphdrawing.org: our own export, and what Gephi, yEd and NetworkX write. What they know of a node or an edge
 * beside its name and type becomes its data.
 */
export async function* graphMl(pieces: AsyncIterable<string>, findings: Findings): AsyncGenerator<Found> {
  const reader = new Reader(findings);
  for await (const part of xmlParts(pieces)) {
    const found = reader.take(part);
    if (found !== null) yield* withFacts(found);
  }
  if (!reader.hasGraph) throw badFile(1, "there is no <graph> in it");
}

/** What is known of a node stands with it, as a list of its own: each is a fact of its own. */
function* withFacts({ facts, ...found }: Read): Generator<Found> {
  yield found;
  const subject = (found.value as { readonly id?: unknown }).id;
  for (const fact of facts) yield { line: found.line, kind: "fact", value: { ...fact, subject } };
}

type Read = Found & { readonly facts: readonly { readonly [name: string]: Json }[] };

interface Key {
  readonly name: string;
  readonly type: string;
  readonly of: string;
  value: Json | undefined;
}

/** The node or edge that is read. */
interface Item {
  readonly kind: "node" | "edge";
  readonly line: number;
  readonly attributes: ReadonlyMap<string, string>;
  readonly values: Map<string, Json>;
}

type Opening = Extract<XmlPart, { kind: "open" }>;

/** What belongs to a file's looks, or tells people about it. */
const QUIET = new Set(["desc", "data"]);

/** Others declare some dozens. */
const MOST_KEYS = 1000;
/** Of all defaults together: each node without a value of its own has them. */
const MOST_DEFAULTS = 65_536;

class Reader {
  readonly #findings: Findings;
  readonly #keys = new Map<string, Key>();
  /** Those with a value for whatever has none. */
  readonly #defaults = new Set<Key>();
  #defaultsLength = 0;
  readonly #path: string[] = [];
  /** How deep within what is left out. */
  #outside = 0;
  #item: Item | null = null;
  #key: Key | null = null;
  #text = "";
  hasGraph = false;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** The node or edge that ends with this part. */
  take(part: XmlPart): Read | null {
    if (part.kind === "open") {
      if (this.#outside > 0 || !this.#opens(part)) this.#outside += 1;
      else this.#path.push(part.name);
      return null;
    }
    if (this.#outside > 0) {
      if (part.kind === "close") this.#outside -= 1;
      return null;
    }
    if (part.kind === "close") return this.#closes(part.name, part.line);
    if (this.#key === null) return null;
    this.#text += part.text;
    if (this.#text.length > MOST_LENGTH) throw tooLong(part.line);
    return null;
  }

  /** False: it is left out, with all that is in it. */
  #opens(part: Opening): boolean {
    const { line, name, attributes } = part;
    const parent = this.#path.at(-1);
    switch (`${parent ?? ""}/${name}`) {
      case "/graphml":
        return true;
      case "graphml/graph":
        this.hasGraph = true;
        if (attributes.get("edgedefault") === "undirected") {
          this.#findings.note("the edges have no direction in the file: they lead from its source to its target");
        }
        return true;
      case "graphml/key":
        this.#key = this.#declared(part);
        return true;
      case "key/default":
        this.#text = "";
        return true;
      case "graph/node":
      case "graph/edge":
        this.#item = { kind: name === "node" ? "node" : "edge", line, attributes, values: new Map() };
        return true;
      case "node/data":
      case "edge/data": {
        const id = attributes.get("key") ?? "";
        this.#key = this.#keys.get(id) ?? { name: id, type: "string", of: "all", value: undefined };
        this.#text = "";
        return true;
      }
      case "graph/hyperedge":
      case "node/graph":
      case "node/port":
        this.#findings.problem(line, `<${name}> cannot be read: only nodes, and edges that join two of them`);
        return false;
      default:
        if (parent === undefined) throw badFile(line, "the file does not begin with <graphml>");
        // Elements of another program, such as how a node is drawn, are no value.
        if (parent === "data") this.#key = null;
        if (!QUIET.has(name)) this.#findings.unknownField(line, `<${name}>`);
        return false;
    }
  }

  #closes(name: string, line: number): Read | null {
    this.#path.pop();
    const key = this.#key;
    if (name === "default" && key !== null) this.#defaulted(key, line);
    if (name === "data" && key !== null && this.#item !== null)
      this.#item.values.set(key.name, typed(this.#text, key.type));
    if (name !== "default") this.#key = null;
    const item = this.#item;
    if (item === null || (name !== "node" && name !== "edge")) return null;
    this.#item = null;
    for (const { name: known, of, value } of this.#defaults) {
      if (value !== undefined && (of === "all" || of === item.kind) && !item.values.has(known))
        item.values.set(known, value);
    }
    const facts = item.kind === "node" ? factsIn(item.values) : [];
    return { line: item.line, kind: item.kind, value: this.#valueOf(item), facts };
  }

  #defaulted(key: Key, line: number): void {
    this.#defaultsLength += this.#text.length;
    if (this.#defaultsLength > MOST_DEFAULTS)
      throw badFile(line, "the values in <default> are longer than 64 KB together");
    key.value = typed(this.#text, key.type);
    this.#defaults.add(key);
  }

  #declared({ line, attributes }: Opening): Key {
    const id = attributes.get("id");
    if (this.#keys.size >= MOST_KEYS) throw badFile(line, `there are more than ${MOST_KEYS} keys`);
    if (id === undefined) throw badFile(line, "a <key> has no id");
    if (this.#keys.has(id)) throw badFile(line, `the key ${JSON.stringify(shorten(id, 100))} is declared twice`);
    const key: Key = {
      name: attributes.get("attr.name") ?? id,
      type: attributes.get("attr.type") ?? "string",
      of: attributes.get("for") ?? "all",
      value: undefined,
    };
    this.#keys.set(id, key);
    return key;
  }

  /** As an export in JSON has it. */
  #valueOf({ kind, attributes, values }: Item): object {
    const take = (name: string): string | undefined => {
      const value = values.get(name);
      values.delete(name);
      return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
    };
    const id = attributes.get("id");
    const label = values.has(kind === "node" ? "name" : "type") ? undefined : take("label");
    if (kind === "edge") {
      const type = take("type") ?? label ?? attributes.get("label") ?? this.#untyped(kind);
      const ends = { source: attributes.get("source"), target: attributes.get("target") };
      return { id, type, ...ends, ...oursIn(values, ["createdAt"]), data: dataOf(values) };
    }
    const type = take("type") ?? this.#untyped(kind);
    const words = { name: take("name") ?? label ?? id, content: take("content") ?? "" };
    const aliases = listIn(values.get("aliases"));
    if (aliases !== null) values.delete("aliases");
    return {
      id,
      type,
      ...words,
      ...(aliases !== null && { aliases }),
      ...oursIn(values, ["createdAt", "updatedAt"]),
      data: dataOf(values),
    };
  }

  #untyped(kind: "node" | "edge"): string {
    const type = kind === "node" ? "thing" : "related to";
    this.#findings.note(`${kind}s without a type got the type "${type}"`);
    return type;
  }
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** What our own export says of a thing; what another program means by the same name stays data. */
function oursIn(values: Map<string, Json>, times: readonly string[]): object {
  const isOurs = ([name, value]: readonly [string, Json]): boolean =>
    name === "shared"
      ? typeof value === "boolean"
      : times.includes(name) && typeof value === "string" && TIME.test(value);
  const found = [...values].filter(isOurs);
  for (const [name] of found) values.delete(name);
  return Object.fromEntries(found);
}

/** Our export holds the data of a thing as JSON, under one name. */
function dataOf(values: ReadonlyMap<string, Json>): { [name: string]: Json } {
  const whole = objectIn(values.get("data"));
  const further = [...values].filter(([name]) => whole === null || name !== "data");
  return Object.fromEntries([...Object.entries(whole ?? {}), ...further]);
}

/** As our export has them; a list of another program by that name stays data. */
function factsIn(values: Map<string, Json>): Read["facts"] {
  const facts = listIn(values.get("facts"));
  if (facts === null) return [];
  const isFact = (each: Json): each is { [name: string]: Json } =>
    typeof each === "object" && each !== null && !Array.isArray(each) && Object.hasOwn(each, "factKind");
  if (!facts.every(isFact)) return [];
  values.delete("facts");
  return facts.filter(isFact);
}

function listIn(text: Json | undefined): Json[] | null {
  if (typeof text !== "string" || !text.startsWith("[")) return null;
  try {
    return JSON.parse(text) as Json[];
  } catch {
    return null;
  }
}

function objectIn(text: Json | undefined): { [name: string]: Json } | null {
  if (typeof text !== "string" || !text.trimStart().startsWith("{")) return null;
  try {
    // What begins with a bracket and is JSON is an object.
    return JSON.parse(text) as { [name: string]: Json };
  } catch {
    return null;
  }
}

function typed(text: string, type: string): Json {
  const word = text.trim();
  if (type === "boolean") return /^(true|1)$/.test(word) ? true : /^(false|0)$/.test(word) ? false : text;
  if (!["int", "long", "float", "double"].includes(type) || word === "") return text;
  const number = Number(word);
  const isExact = type === "int" || type === "long" ? Number.isSafeInteger(number) : Number.isFinite(number);
  return isExact ? number : text;
}
