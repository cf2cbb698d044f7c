/** What can be told from the shape of a request: quotations, addresses, file names, numbers, statements. */

export interface Statement {
  readonly source: string;
  readonly relation: string;
  readonly target: string;
}

export interface Shapes {
  readonly quotes: readonly string[];
  readonly url: string | null;
  readonly path: string | null;
  readonly numbers: readonly number[];
  /** "Ann is a person", "Ann knows Bob", "Ann -> Bob". */
  readonly statements: readonly Statement[];
}

const QUOTE = /"([^"]*)"|“([^”]*)”|«([^»]*)»|`([^`]*)`|(?<!\p{L})'([^']+)'(?!\p{L})/gu;
const URL_SHAPE = /https?:\/\/[^\s"'<>)]+[^\s"'<>).,;!?]/u;
const PATH_SHAPE =
  /(?<![\w/.:@-])(?:[\w.-]+\/)*[\w-]+\.[a-z][a-z0-9]{0,7}(?![\w/])|(?<![\w/.:])(?:\.{0,2}\/)?(?:[\w.-]+\/)+[\w.-]*/iu;

export function shapesIn(text: string): Shapes {
  const quotes = [...text.matchAll(QUOTE)].map((match) => match.slice(1).find((group) => group !== undefined) ?? "");
  const url = URL_SHAPE.exec(text)?.[0] ?? null;
  const bare = text.replace(URL_SHAPE, " ");
  const plain = bare.replace(QUOTE, " ");
  const path =
    PATH_SHAPE.exec(plain)?.[0] ?? quotes.find((quote) => /^[\w ./-]+\.[a-z][a-z0-9]{0,7}$/i.test(quote)) ?? null;
  const numbers = [...plain.replace(PATH_SHAPE, " ").matchAll(/(?<![\w.])-?\d+(?:\.\d+)?(?![\w])/g)].map(Number);
  return { quotes, url, path, numbers, statements: statementsIn(bare) };
}

const LEAD =
  /^\s*(?:please\s+)?(?:remember|note|learn|add|store|save|record|know|insert|create)(?:\s+(?:a\s+)?(?:node|nodes|edge|edges|fact|facts|to (?:the|my) (?:knowledge )?graph))*(?:\s+that)?[:,]?\s+/iu;
const TAIL = /\s+(?:to|in|into)\s+(?:the|my|your)\s+(?:knowledge\s+)?(?:graph|memory)\s*$/iu;
const THING = String.raw`["“]?([\p{L}\p{N}][\p{L}\p{N} ._'’-]{0,60}?)["”]?`;
const IS_A = new RegExp(String.raw`^${THING}\s+(?:is|was|are)\s+(?:an?|the)\s+${THING}$`, "iu");
const IS = new RegExp(
  String.raw`^${THING}\s+(?:is|are)\s+((?:\p{L}+\s+)?(?:in|at|of|near|from|with|by|on|to))\s+${THING}$`,
  "iu",
);
const KIND = new RegExp(String.raw`^${THING}\s+(?:of type|as an?)\s+${THING}$`, "iu");
const CALLED = new RegExp(String.raw`^(?:an?\s+)([\p{L}_-]+)\s+(?:called|named)\s+${THING}$`, "iu");
const ARROW = new RegExp(String.raw`^${THING}\s*(?:--?\s*([\p{L}_ ]+?)\s*--?|-|=)>\s*${THING}$`, "iu");
const CONNECT = new RegExp(String.raw`^(?:connect|link|relate)\s+${THING}\s+(?:to|with|and)\s+${THING}$`, "iu");
const VERB = new RegExp(
  String.raw`^${THING}\s+((?:knows|likes|loves|uses|owns|has|needs|wants|hates|runs|wrote|made|built|teaches|manages|contains|includes|depends on|belongs to|works (?:at|for|with|on|in)|lives (?:in|at|with)|reports to|comes from|consists of|married|is married to)(?:\s+an?|\s+the)?)\s+${THING}$`,
  "iu",
);

function statementsIn(text: string): readonly Statement[] {
  const found: Statement[] = [];
  for (const piece of text.split(/[.;\n]\s*|,\s*(?:and\s+)?|\s+and\s+(?=[\p{Lu}"“])/u)) {
    const statement = statementOf(factIn(piece));
    if (statement !== null && !/^(what|who|where|when|which|how|it|there|this|that)$/i.test(statement.source)) {
      found.push(statement);
    }
  }
  return found;
}

/** What a request to remember says, when it is no statement that can be taken apart. */
export function factIn(text: string): string {
  return text
    .replace(LEAD, "")
    .replace(/^that\s+/i, "")
    .replace(TAIL, "")
    .replace(/^[\s:,]+|[\s.!"”]+$/g, "")
    .trim();
}

function statementOf(fact: string): Statement | null {
  const kind = KIND.exec(fact);
  if (kind !== null) return statement(kind[1], "is_a", kind[2]);
  const called = CALLED.exec(fact);
  if (called !== null) return statement(called[2], "is_a", called[1]);
  const arrow = ARROW.exec(fact);
  if (arrow !== null) return statement(arrow[1], arrow[2] ?? "related_to", arrow[3]);
  const connect = CONNECT.exec(fact);
  if (connect !== null) return statement(connect[1], "related_to", connect[2]);
  const isA = IS_A.exec(fact);
  if (isA !== null) return statement(isA[1], "is_a", isA[2]);
  const is = IS.exec(fact);
  if (is !== null) return statement(is[1], `is ${is[2]}`, is[3]);
  const verb = VERB.exec(fact);
  return verb === null ? null : statement(verb[1], (verb[2] ?? "").replace(/\s+(an?|the)$/i, ""), verb[3]);
}

function statement(source = "", relation = "", target = ""): Statement {
  const clean = (text: string): string => text.trim().replace(/^(?:the|an?)\s+/i, "");
  return { source: clean(source), relation: relation.trim().toLowerCase().replace(/\s+/g, "_"), target: clean(target) };
}
