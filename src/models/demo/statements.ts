import { isVerb } from "./words.ts";

/** Facts in the words of a request: "Ann is a person", "Ann knows Bob", "connect Ann to Sparky as works_on". */

export interface Statement {
  readonly source: string;
  /** `is_a`: the target is the source's type; "" where the request names no type. */
  readonly relation: string;
  readonly target: string;
}

const LEAD =
  /^\s*(?:please\s+)?(?:also\s+)?(?:remember|note|learn|add|store|save|record|know|insert|create|make|draw)(?=[\s:,])(?:\s+(?:(?:an?|the|another|new|some|two|three|four|five|\d+)\s+)*(?:nodes?|edges?|relations?|relationships?|facts?|to (?:the|my) (?:knowledge )?graph)\b)*(?:\s+that\b)?[:,]?\s+/iu;
const TAIL = /\s+(?:to|in|into)\s+(?:the|my|your)\s+(?:knowledge\s+)?(?:graph|memory)\s*$/iu;
const CONTENT =
  /\s+(?:with (?:the )?(?:content|description|text)|(?:that says|saying|described as))[:,]?\s+["“']?(.+?)["”']?\s*$/isu;

const THING = String.raw`["“'‘]?([\p{L}\p{N}][\p{L}\p{N} ._'’-]{0,60}?)["”'’]?`;
const TYPE = String.raw`["“'‘]?([\p{L}][\p{L}\p{N} _-]{0,40}?)["”'’]?`;
/** How an edge's type is given behind its ends. */
const AS = String.raw`(?:\s*,?\s+(?:of type|with (?:the |an? )?(?:type|label|relation)|typed?|as|by|via|labell?ed|called|named|using)\s+(?:an?\s+|the\s+)?${TYPE}|\s*\(${TYPE}\))?`;
const NOUN = "(?:edge|relation|relationship|link|connection|arrow)";

const regex = (source: string, flags = "iu"): RegExp => new RegExp(`^${source}$`, flags);

const UNDERSCORED = regex(`${end("a")}\\s+(\\p{L}+(?:_\\p{L}+)+)\\s+${end("b")}`);

/** Each gives its ends as groups `a` and `b`; whatever other group matched is the type. */
const EDGES: readonly RegExp[] = [
  regex(`(?:connect|link|relate|join|tie)\\s+${end("a")}\\s+(?:to|with|and)\\s+${end("b")}${AS}`),
  regex(
    `(?:(?:an?|the|another|new)\\s+)*(?:${TYPE}\\s+)?(?:${NOUN}\\s+)(?:(?:(?:of type|called|named)\\s+)?${TYPE}\\s+)?(?:from|between)\\s+${end("a")}\\s+(?:to|and|with)\\s+${end("b")}${AS}`,
  ),
  regex(
    `(?:(?:(?:of type|called|named)\\s+)?${TYPE}\\s+)?(?:from|between)\\s+${end("a")}\\s+(?:to|and|with)\\s+${end("b")}${AS}`,
  ),
  regex(`${end("a")}\\s*(?:--?\\s*\\[?:?([\\p{L}_ ]+?)\\]?\\s*--?|-|=)>\\s*${end("b")}${AS}`),
  regex(`${end("a")}\\s*→\\s*${end("b")}${AS}`),
  UNDERSCORED,
];

function end(name: string): string {
  return THING.replace("(", `(?<${name}>`);
}

const IS_A = regex(String.raw`${THING}\s+(?:is|was|are)\s+(?:an?|the)\s+${THING}`);
const IS = regex(String.raw`${THING}\s+(?:is|are)\s+((?:\p{L}+\s+)?(?:in|at|of|near|from|with|by|on|to))\s+${THING}`);
const VERB = regex(
  String.raw`${THING}\s+((?:knows|likes|loves|uses|owns|has|needs|wants|hates|runs|wrote|made|built|teaches|manages|contains|includes|depends on|belongs to|works (?:at|for|with|on|in)|lives (?:in|at|with)|reports to|comes from|consists of|married|is married to)(?:\s+an?|\s+the)?)\s+${THING}`,
);
/** Between two names most words that end in s are verbs: "Ann mentors Bob". */
const NAMES = regex(
  String.raw`(\p{Lu}[\p{L}\p{N}.'’-]*(?:\s\p{Lu}[\p{L}\p{N}.'’-]*){0,3})\s+(\p{Ll}{2,}s(?:\s(?:at|for|with|on|in|to|of|from|by))?)\s+(?:the\s)?(\p{Lu}[\p{L}\p{N}.'’-]*(?:\s\p{Lu}[\p{L}\p{N}.'’-]*){0,3})`,
  "u",
);

/** Each gives a node's name as `name`, and its type as `type`. */
const NODES: readonly RegExp[] = [
  regex(`(?:an?\\s+)?(?:node\\s+)?of type\\s+${as("type", TYPE)},?\\s+(?:called|named)\\s+${as("name", THING)}`),
  regex(
    `(?:(?:called|named)\\s+)?${as("name", THING)},?\\s+(?:of (?:the )?type|with (?:the )?type|type|as an?)\\s+${as("type", TYPE)}`,
  ),
  regex(`(?:called|named)?\\s*${as("name", THING)}\\s*\\(${as("type", TYPE)}\\)`),
  regex(`(?:an?|another)\\s+(?<type>[\\p{L}_-]+)(?:\\s+node)?\\s+(?:called|named)\\s+${as("name", THING)}`),
  regex(`an?\\s+(?<type>[\\p{Ll}_-]+)\\s+(?<name>\\p{Lu}[\\p{L}\\p{N} ._'’-]{0,60}?)`, "u"),
];

function as(name: string, group: string): string {
  return group.replace("(", `(?<${name}>`);
}

const SENTENCES = /[.;\n](?:\s+|$)/;
const PIECES = /,\s*(?:and\s+)?|\s+and\s+(?=[\p{Lu}"“']|(?:an?|another|the)\s)/u;
const ASKING = /^(what|who|where|when|which|how|it|there|this|that)$/i;

/** Text longer than this is no statement. */
const LONGEST = 400;

export function statementsIn(text: string): readonly Statement[] {
  const found: Statement[] = [];
  for (const sentence of text.split(SENTENCES)) {
    const whole = sentence.length > LONGEST ? [] : [...edgesIn(factIn(sentence)), ...nodesNamedIn(sentence)];
    found.push(...whole);
    if (whole.length > 0) continue;
    for (const piece of sentence.split(PIECES)) {
      if (piece.length <= LONGEST) found.push(...statementOf(factIn(piece)));
    }
  }
  return found.filter(({ source }) => !ASKING.test(source));
}

/** What a request to remember says, when it is no statement that can be taken apart. */
export function factIn(text: string): string {
  return text
    .replace(LEAD, "")
    .replace(/^that\s+/i, "")
    .replace(/^(?:an?|another|the)\s+node\s+/i, "")
    .replace(CONTENT, "")
    .replace(TAIL, "")
    .replace(/^[\s:,]+|[\s.!]+$/g, "")
    .trim();
}

/** What a node is to hold: `… with content "likes tea"`. */
export function contentIn(text: string): string | undefined {
  return CONTENT.exec(text)?.[1]?.trim();
}

/** Whether a request wants things connected, even if it does not say which. */
export function asksForEdge(text: string): boolean {
  return /^\s*(?:please\s+)?(?:connect|link|relate|join)\b/i.test(text) || /\badd\b.{0,20}\bedges?\b/i.test(text);
}

function firstWord(text: string): string {
  return /^\p{L}+/u.exec(text)?.[0] ?? "";
}

function edgesIn(fact: string): readonly Statement[] {
  for (const pattern of EDGES) {
    const match = pattern.exec(fact);
    // "Use graph_stats now" has the shape of "Ann works_on Sparky".
    if (pattern === UNDERSCORED && isVerb(firstWord(fact))) continue;
    const { a, b } = match?.groups ?? {};
    if (match === null || a === undefined || b === undefined) continue;
    const type = match.slice(1).find((group) => group !== undefined && group !== a && group !== b);
    return b.split(/\s*,\s*(?:and\s+)?|\s+and\s+/i).flatMap((part) => {
      const pair = /^(.+?)\s+(?:to|with)\s+(.+)$/i.exec(part);
      return statement(pair?.[1] ?? a, type ?? "related_to", pair?.[2] ?? part);
    });
  }
  return [];
}

/** `add nodes Ann and Bob of type person`, `add a node Ann`. */
function nodesNamedIn(sentence: string): readonly Statement[] {
  const lead = LEAD.exec(sentence)?.[0] ?? "";
  if (!/\bnodes?\b/i.test(lead)) return [];
  const fact = factIn(sentence);
  const plural = /\bnodes\b/i.test(lead);
  const typed = NODES.map((pattern) => pattern.exec(fact)?.groups).find((groups) => groups !== undefined);
  if (!plural && typed === undefined && /\s(and|is|are)\s|,/.test(fact)) return [];
  const names = typed?.["name"] ?? fact.replace(/^(?:called|named|for|about)\s+/i, "");
  const each = plural ? names.split(/\s*,\s*(?:and\s+)?|\s+and\s+/i) : [names];
  if (each.some((name) => /\s(of type|as an?|with type)\s/i.test(name))) return [];
  return each.flatMap((name) => statement(name, "is_a", typed?.["type"] ?? ""));
}

function statementOf(fact: string): readonly Statement[] {
  const edges = edgesIn(fact);
  if (edges.length > 0) return edges;
  for (const pattern of NODES) {
    const { name, type } = pattern.exec(fact)?.groups ?? {};
    if (name !== undefined && type !== undefined) return statement(name, "is_a", type);
  }
  const isA = IS_A.exec(fact);
  if (isA !== null) return statement(isA[1], "is_a", isA[2]);
  const is = IS.exec(fact);
  if (is !== null) return statement(is[1], `is ${is[2]}`, is[3]);
  const verb = VERB.exec(fact) ?? (isVerb(firstWord(fact)) ? null : NAMES.exec(fact));
  return verb === null ? [] : statement(verb[1], (verb[2] ?? "").replace(/\s+(an?|the)$/i, ""), verb[3]);
}

function statement(source = "", relation = "", target = ""): readonly Statement[] {
  const clean = (text: string): string =>
    text
      .trim()
      .replace(/^["“'‘]+|["”'’]+$/g, "")
      .replace(/^(?:the|an?)\s+/i, "");
  const one = {
    source: clean(source),
    relation: relation.trim().toLowerCase().replace(/\s+/g, "_"),
    target: clean(target),
  };
  return one.source === "" ? [] : [one];
}
