import { text as readText } from "node:stream/consumers";
import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { accessTo, callTool, webServer } from "../../../test/kit/web-pages.ts";
import type { SearchSettings } from "./search-engines.ts";
import { webSearch } from "./web-search.ts";

const NONE: SearchSettings = { searxng: null, braveKey: null, tavilyKey: null, exaKey: null };
const NOW = Date.parse("2026-11-28T12:00:00Z");

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

/** An engine that answers so, and what it was asked. */
async function engine(answer: unknown, status = 200) {
  const asked: Asked[] = [];
  const host = await webServer((request, response) => {
    void readText(request).then((body) => {
      const { method = "", url = "", headers } = request;
      asked.push({ method, url, headers, body: body === "" ? null : JSON.parse(body) });
      response.writeHead(status, { "content-type": "application/json" });
      response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
    });
  });
  const base = `http://${host}`;
  const search = (settings: Partial<SearchSettings>, args = {}) =>
    callTool<{ readonly about: string; readonly engine: string; readonly results: readonly object[] }>(
      webSearch(accessTo([]), { ...NONE, bases: { brave: base, tavily: base, exa: base }, ...settings }),
      { query: "firing clay", ...args },
      { now: NOW },
    );
  return { base, asked, search };
}

test("without an engine it says which command sets one up", async () => {
  const call = callTool(webSearch(accessTo([]), NONE), { query: "x" });
  await expect(call).rejects.toThrow(/`sparky config set SPARKY_SEARCH_URL .*`sparky config set BRAVE_API_KEY`/);
});

test("SearXNG is asked for JSON, on loopback too, since the operator has named it", async () => {
  const hit = {
    url: "https://clay.example/a",
    title: "Clay",
    content: "Fire\n  it",
    engine: "duckduckgo",
    engines: ["duckduckgo"],
    score: 1,
    publishedDate: "2026-11-01T00:00:00",
  };
  const { asked, base, search } = await engine({
    query: "x",
    number_of_results: 2,
    results: [hit, { url: "https://b.example/" }],
  });
  for (const searxng of [base, `${base}/`, `${base}/search`]) {
    expect(await search({ searxng }, { recent: "month" })).toEqual({
      about: expect.stringContaining("Untrusted material"),
      engine: "SearXNG",
      results: [
        { title: "Clay", url: "https://clay.example/a", text: "Fire it", published: "2026-11-01T00:00:00" },
        { title: "", url: "https://b.example/", text: "" },
      ],
    });
  }
  expect(new Set(asked.map(({ url }) => url))).toEqual(new Set(["/search?q=firing+clay&format=json&time_range=month"]));
});

test("Brave is asked with its key in its header", async () => {
  const hit = { title: "Clay", url: "https://clay.example/", description: "Fire it", page_age: "2026-11-01T00:00:00" };
  const { asked, search } = await engine({ type: "search", web: { type: "search", results: [hit, hit, hit] } });
  const { results, engine: name } = await search(
    { braveKey: "brave-key", tavilyKey: "t" },
    { count: 2, recent: "week" },
  );
  expect(name).toBe("Brave");
  expect(results).toHaveLength(2);
  expect(results[0]).toEqual({
    title: "Clay",
    url: "https://clay.example/",
    text: "Fire it",
    published: "2026-11-01T00:00:00",
  });
  expect(asked[0]).toMatchObject({
    method: "GET",
    url: "/res/v1/web/search?q=firing+clay&count=2&text_decorations=false&freshness=pw",
    headers: { "x-subscription-token": "brave-key", accept: "application/json" },
  });
});

test("Tavily is asked by POST with its key as a bearer", async () => {
  const hit = { title: "Clay", url: "https://clay.example/", content: "Fire it", score: 0.9, raw_content: null };
  const { asked, search } = await engine({ query: "x", answer: null, images: [], results: [hit], response_time: 1.2 });
  expect((await search({ tavilyKey: "tvly-key" }, { recent: "day" })).results).toEqual([
    { title: "Clay", url: "https://clay.example/", text: "Fire it" },
  ]);
  expect(asked[0]).toMatchObject({
    method: "POST",
    url: "/search",
    headers: { authorization: "Bearer tvly-key", "content-type": "application/json" },
    body: { query: "firing clay", max_results: 6, time_range: "day" },
  });
});

test("Exa is asked by POST with its key in its header", async () => {
  const hit = {
    id: "x",
    title: null,
    url: "https://clay.example/",
    publishedDate: "2026-11-01T00:00:00.000Z",
    text: "Fire it",
  };
  const { asked, search } = await engine({ requestId: "r", results: [hit], searchType: "neural" });
  expect((await search({ exaKey: "exa-key" }, { recent: "week" })).results).toEqual([
    { title: "", url: "https://clay.example/", text: "Fire it", published: "2026-11-01T00:00:00.000Z" },
  ]);
  expect(asked[0]).toMatchObject({
    method: "POST",
    url: "/search",
    headers: { "x-api-key": "exa-key" },
    body: {
      query: "firing clay",
      numResults: 6,
      contents: { text: { maxCharacters: 600 } },
      startPublishedDate: "2026-11-21T12:00:00.000Z",
    },
  });
});

test.each([
  ["SearXNG without JSON", "searxng", 403, "Forbidden", /SearXNG answered 403: .*add `json` to `search: formats:`/],
  [
    "a wrong key",
    "tavilyKey",
    401,
    { detail: { error: "Unauthorized: invalid key" } },
    /sparky config set TAVILY_API_KEY \(it says: Unauthorized/,
  ],
  [
    "too many questions",
    "braveKey",
    429,
    { error: { detail: "slow down" } },
    /Brave answered 429: it is asked too often \(it says: slow/,
  ],
  ["a page", "searxng", 200, "<html>", /SearXNG gave no list of results \(it is no JSON\); is SPARKY_SEARCH_URL right/],
  ["another JSON", "exaKey", 200, { hits: [] }, /Exa gave no list of results \(its JSON has another shape\)/],
] as const)("%s is said in words", async (_, setting, status, answer, why) => {
  const { base, search } = await engine(answer, status);
  await expect(search({ [setting]: setting === "searxng" ? base : "key" })).rejects.toThrow(why);
});

test("a key is not sent on where an engine redirects, and an endless answer is no list", async () => {
  let hits = 0;
  const other = await webServer((_, response) => {
    hits++;
    response.end("{}");
  });
  const host = await webServer((request, response) => {
    if (request.url?.startsWith("/res/")) response.writeHead(301, { location: `http://${other}/` }).end();
    else response.end(Buffer.alloc(3 * 1024 * 1024, " "));
  });
  const bases = { brave: `http://${host}`, exa: `http://${host}` };
  const brave = webSearch(accessTo([]), { ...NONE, braveKey: "key", bases });
  await expect(callTool(brave, { query: "x" })).rejects.toThrow(/Brave answered 301: it did not search/);
  expect(hits).toBe(0);
  const exa = webSearch(accessTo([]), { ...NONE, exaKey: "key", bases });
  await expect(callTool(exa, { query: "x" })).rejects.toThrow(/answered with more than can be a list of results/);
});

test("texts of any length and make stay short and in one line, so that the result is kept whole", async () => {
  const hit = {
    url: `https://x.example/${"a".repeat(9000)}`,
    title: "🙂".repeat(5000),
    content: "a\n\0\ud800".repeat(5000),
  };
  const { base, search } = await engine(JSON.stringify({ results: Array.from({ length: 20 }, () => hit) }));
  const found = await search({ searxng: base }, { count: 15 });
  expect(found.results).toHaveLength(15);
  expect(Buffer.byteLength(JSON.stringify(found))).toBeLessThan(32_768);
});
