import { z } from "zod";
import { messageOf } from "../../core/errors.ts";
import { shorten, soundText } from "../../core/text.ts";
import { defineTool, type Tool, type ToolContext } from "../tool.ts";
import { download, type WebAccess } from "./download.ts";
import { engineOf, RECENT, type Engine, type Hit, type Query, type SearchSettings } from "./search-engines.ts";
import { UNTRUSTED } from "./untrusted.ts";

const MAX_BYTES = 2 * 1024 * 1024;
const SEARCH_MS = 20_000;
const DEFAULT_COUNT = 6;
const MAX_COUNT = 15;

const NONE =
  "no search engine is set up. The owner of this Sparky sets one up with one of: `sparky config set SPARKY_SEARCH_URL " +
  "http://127.0.0.1:8080` (a SearXNG server of one's own), `sparky config set BRAVE_API_KEY`, `sparky config set TAVILY_API_KEY` " +
  "or `sparky config set EXA_API_KEY`; then `sparky chat restart`. A page whose address is known can be read with web_fetch";

const args = z.strictObject({
  query: z.string().trim().min(1).max(400).describe("what to search for"),
  count: z
    .number()
    .int()
    .min(1)
    .max(MAX_COUNT)
    .describe(`results; ${DEFAULT_COUNT} when left out`)
    .default(DEFAULT_COUNT),
  recent: z.enum(RECENT).describe("only what appeared within the last day, week, month or year").optional(),
});

/** Searches the web with the engine that is set up; without one it says how to set one up. */
export function webSearch(access: WebAccess, settings: SearchSettings): Tool<unknown> {
  const engine = engineOf(settings);
  return defineTool<z.output<typeof args>>({
    name: "web_search",
    description:
      "Searches the web and returns titles, addresses and short texts of what it finds. Read what matters with web_fetch " +
      "before you rely on it, and name the addresses that you used.",
    effect: "read",
    idempotent: true,
    timeoutMs: 60_000,
    args,
    summary: ({ query }) => query,
    async execute({ query, count, recent }, context) {
      if (engine === null) throw new Error(NONE);
      const hits = await search(access, engine, { query, count, recent, now: context.now }, context);
      return { about: UNTRUSTED, engine: engine.name, results: hits.slice(0, count).map(shown) };
    },
  });
}

async function search(
  access: WebAccess,
  engine: Engine,
  query: Query,
  { signal }: ToolContext,
): Promise<readonly Hit[]> {
  const { url, headers, body } = engine.request(query);
  const found = await download(access, new URL(url), {
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    headers: {
      accept: "application/json",
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    maxBytes: MAX_BYTES,
    timeoutMs: SEARCH_MS,
    // A key goes to the address that was set, and to no other.
    redirects: 0,
    trusted: true,
    signal,
  });
  const { status } = found;
  const answer = new TextDecoder().decode(found.body);
  if (status !== 200) throw new Error(refused(engine, status, answer));
  if (found.cut !== null) throw new Error(`${engine.name} answered with more than can be a list of results`);
  try {
    return engine.hits(JSON.parse(answer));
  } catch (cause) {
    const what = cause instanceof z.ZodError ? "its JSON has another shape" : "it is no JSON";
    throw new Error(`${engine.name} gave no list of results (${what}); is ${engine.variable} right?`, { cause });
  }
}

function refused(engine: Engine, status: number, answer: string): string {
  const general = status === 429 ? "it is asked too often" : status >= 500 ? "it has a fault" : "it did not search";
  const said = saidOf(answer);
  return `${engine.name} answered ${status}: ${engine.hints[status] ?? general}${said === "" ? "" : ` (it says: ${said})`}`;
}

/** What an error's body says in words, wherever the engine puts them. */
function saidOf(answer: string): string {
  try {
    const [words = ""] = wordsIn(JSON.parse(answer) as unknown, 0);
    return shorten(soundText(words), 200);
  } catch (error) {
    return error instanceof SyntaxError ? "" : messageOf(error);
  }
}

function wordsIn(value: unknown, depth: number): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || depth > 3) return [];
  const fields = value as { readonly [name: string]: unknown };
  return ["error", "detail", "message"].flatMap((name) => wordsIn(fields[name], depth + 1));
}

/** In one line each: an engine's texts have marks of their own, and no length that could be relied on. */
function shown({ title, url, text, published }: Hit) {
  const line = (words: string, most: number): string => shorten(soundText(words).replace(/\s+/g, " ").trim(), most);
  return {
    title: line(title, 150),
    url: line(url, 400),
    text: line(text, 500),
    ...(published !== null && { published: line(published, 60) }),
  };
}
