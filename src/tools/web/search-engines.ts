import { z } from "zod";

/** The search engines that can be set up: what each is asked, and what its answer looks like. */

export interface Query {
  readonly query: string;
  readonly count: number;
  readonly recent: Recent | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export const RECENT = ["day", "week", "month", "year"] as const;
export type Recent = (typeof RECENT)[number];

export interface Hit {
  readonly title: string;
  readonly url: string;
  readonly text: string;
  readonly published: string | null;
}

export interface EngineRequest {
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  /** Sent as JSON by POST; without one it is a GET. */
  readonly body?: object;
}

export interface Engine {
  readonly name: string;
  /** What of the settings sets it up. */
  readonly variable: string;
  request(query: Query): EngineRequest;
  /** Throws a `ZodError` for what is no answer of this engine. */
  hits(answer: unknown): readonly Hit[];
  /** What to do about this status, where the engine has a meaning of its own for it. */
  readonly hints: { readonly [status: number]: string };
}

/** Bases are the real services'; a test has others. */
export interface SearchSettings {
  /** SearXNG's own address; null: none. */
  readonly searxng: string | null;
  readonly braveKey: string | null;
  readonly tavilyKey: string | null;
  readonly exaKey: string | null;
  readonly bases?: { readonly brave?: string; readonly tavily?: string; readonly exa?: string };
}

/** The first that is set up, in the order in which they are documented. */
export function engineOf(settings: SearchSettings): Engine | null {
  const { searxng, braveKey, tavilyKey, exaKey, bases } = settings;
  if (searxng !== null) return searxngAt(searxng);
  if (braveKey !== null) return brave(braveKey, bases?.brave ?? "https://api.search.brave.com");
  if (tavilyKey !== null) return tavily(tavilyKey, bases?.tavily ?? "https://api.tavily.com");
  if (exaKey !== null) return exa(exaKey, bases?.exa ?? "https://api.exa.ai");
  return null;
}

const text = z.string().nullish().catch(null);
const WRONG_KEY = (variable: string) => `its key is wrong or used up: sparky config set ${variable}`;

const searxngAnswer = z.object({
  results: z.array(z.object({ url: z.string(), title: text, content: text, publishedDate: text })),
});

function searxngAt(base: string): Engine {
  return {
    name: "SearXNG",
    variable: "SPARKY_SEARCH_URL",
    request: ({ query, recent }) => {
      const url = new URL(`${base.replace(/\/+$/, "").replace(/\/search$/, "")}/search`);
      url.searchParams.set("q", query);
      url.searchParams.set("format", "json");
      if (recent !== undefined) url.searchParams.set("time_range", recent);
      return { url: url.href, headers: {} };
    },
    hits: (answer) =>
      searxngAnswer.parse(answer).results.map(({ url, title, content, publishedDate }) => {
        return { url, title: title ?? "", text: content ?? "", published: publishedDate ?? null };
      }),
    hints: {
      403: "it gives no JSON, or lets nobody in from here: add `json` to `search: formats:` in its settings.yml",
      429: "its limiter holds programs off: let this machine's address pass in its limiter.toml",
    },
  };
}

const braveAnswer = z.object({
  web: z
    .object({
      results: z.array(z.object({ url: z.string(), title: text, description: text, page_age: text, age: text })),
    })
    .nullish(),
});
const BRAVE_FRESHNESS = { day: "pd", week: "pw", month: "pm", year: "py" } as const;

function brave(key: string, base: string): Engine {
  return {
    name: "Brave",
    variable: "BRAVE_API_KEY",
    request: ({ query, count, recent }) => {
      const url = new URL(`${base}/res/v1/web/search`);
      url.searchParams.set("q", query);
      url.searchParams.set("count", String(count));
      url.searchParams.set("text_decorations", "false");
      if (recent !== undefined) url.searchParams.set("freshness", BRAVE_FRESHNESS[recent]);
      return { url: url.href, headers: { "x-subscription-token": key } };
    },
    hits: (answer) =>
      (braveAnswer.parse(answer).web?.results ?? []).map(({ url, title, description, page_age, age }) => {
        return { url, title: title ?? "", text: description ?? "", published: page_age ?? age ?? null };
      }),
    hints: { 401: WRONG_KEY("BRAVE_API_KEY"), 422: WRONG_KEY("BRAVE_API_KEY") },
  };
}

const tavilyAnswer = z.object({
  results: z.array(z.object({ url: z.string(), title: text, content: text, published_date: text })),
});

function tavily(key: string, base: string): Engine {
  return {
    name: "Tavily",
    variable: "TAVILY_API_KEY",
    request: ({ query, count, recent }) => ({
      url: `${base}/search`,
      headers: { authorization: `Bearer ${key}` },
      body: { query, max_results: count, ...(recent !== undefined && { time_range: recent }) },
    }),
    hits: (answer) =>
      tavilyAnswer.parse(answer).results.map(({ url, title, content, published_date }) => {
        return { url, title: title ?? "", text: content ?? "", published: published_date ?? null };
      }),
    hints: {
      401: WRONG_KEY("TAVILY_API_KEY"),
      432: "the plan of its key is used up",
      433: "the limit of its pay-as-you-go is reached",
    },
  };
}

const exaAnswer = z.object({
  results: z.array(z.object({ url: z.string(), title: text, text, publishedDate: text })),
});
const DAYS = { day: 1, week: 7, month: 31, year: 366 } as const;
const EXA_CHARS = 600;

function exa(key: string, base: string): Engine {
  return {
    name: "Exa",
    variable: "EXA_API_KEY",
    request: ({ query, count, recent, now }) => {
      const since = recent === undefined ? null : new Date(now - DAYS[recent] * 86_400_000).toISOString();
      return {
        url: `${base}/search`,
        headers: { "x-api-key": key },
        body: {
          query,
          numResults: count,
          contents: { text: { maxCharacters: EXA_CHARS } },
          ...(since !== null && { startPublishedDate: since }),
        },
      };
    },
    hits: (answer) =>
      exaAnswer.parse(answer).results.map((hit) => {
        return { url: hit.url, title: hit.title ?? "", text: hit.text ?? "", published: hit.publishedDate ?? null };
      }),
    hints: { 401: WRONG_KEY("EXA_API_KEY"), 402: "its credit is used up" },
  };
}
