import { expect, onTestFinished, test, vi } from "vitest";
import {
  FLOOD,
  LLAMA_CPP,
  LM_STUDIO,
  localServer,
  OLD_LM_STUDIO,
  OLLAMA,
  SILENCE,
  VLLM,
  type Telling,
  type Tells,
} from "../../../test/kit/local-server.ts";
import { openModel } from "../open.ts";
import { selectModel, type ModelSettings } from "../select.ts";
import { LocalServers } from "./servers.ts";

/** Limits only end a hang, but where nothing comes. */
const PATIENCE_MS = 60_000;

/** Nobody is there but at the addresses that are given. */
const NOWHERE = "http://127.0.0.1:9";

const settingsOf = (at: { readonly [name: string]: string }, model: string | null = null): ModelSettings => ({
  model,
  modelUrl: at["compatible"] ?? null,
  providers: {
    OLLAMA_BASE_URL: at["ollama"] ?? NOWHERE,
    LMSTUDIO_BASE_URL: at["lmstudio"] ?? NOWHERE,
    LLAMACPP_BASE_URL: at["llamacpp"] ?? NOWHERE,
    SPARKY_MODEL_KEY: "key-1",
  },
});

const never = new AbortController().signal;
const windowOf = async (provider: string, url: string, name = "small", askMs = PATIENCE_MS) =>
  openModel(selectModel(settingsOf({ [provider]: url }, `${provider}/${name}`)), { askMs }).askWindow?.(never);

const SERVERS: readonly (readonly [provider: string, what: string, tells: Tells])[] = [
  ["ollama", "Ollama", OLLAMA],
  ["lmstudio", "LM Studio", LM_STUDIO],
  ["lmstudio", "an older LM Studio", OLD_LM_STUDIO],
  ["llamacpp", "llama.cpp", LLAMA_CPP],
  ["compatible", "vLLM", VLLM],
  ["compatible", "LM Studio", LM_STUDIO],
  ["compatible", "llama.cpp", LLAMA_CPP],
];

test.each(SERVERS)("%s: %s is found with its models, and believed on its window", async (provider, _what, tells) => {
  const { url, keys } = await localServer(tells);
  const [server, ...others] = await new LocalServers(PATIENCE_MS).find(settingsOf({ [provider]: url }));
  expect(others).toEqual([]);
  expect(server).toMatchObject({ provider, address: `${url}/v1` });
  expect(server?.models.map(({ name }) => name.replace(":latest", ""))).toEqual(["small"]);
  expect(await windowOf(provider, url)).toEqual({ tokens: 8000, isGuess: false });
  expect(new Set(keys)).toEqual(new Set(["Bearer key-1"]));
});

test("of several servers each is asked at once, the same only once however many look, and one that is set twice is listed once", async () => {
  const [ollama, lmstudio] = await Promise.all([localServer(OLLAMA), localServer(LM_STUDIO)]);
  const settings = settingsOf({ ollama: ollama.url, lmstudio: lmstudio.url, compatible: lmstudio.url });
  const servers = new LocalServers(PATIENCE_MS);
  const looks = await Promise.all([servers.find(settings), servers.find(settings)]);
  expect(await servers.find(settings)).toBe(looks[0]);
  expect(looks[0]).toBe(looks[1]);
  expect(looks[0]?.map(({ provider }) => provider)).toEqual(["ollama", "lmstudio"]);
  expect(ollama.asked.filter((each) => each === "GET /api/tags")).toHaveLength(1);
  await servers.find({ ...settings });
  expect(ollama.asked.filter((each) => each === "GET /api/tags")).toHaveLength(2);
});

test("the key goes to a server at its usual address only where that address is set", async () => {
  const keys = new Map<string, string | null>();
  vi.stubGlobal("fetch", async (url: string, { headers }: RequestInit) => {
    keys.set(new URL(url).host, new Headers(headers).get("authorization"));
    return new Response(null, { status: 401 });
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  const providers = { LMSTUDIO_BASE_URL: "http://127.0.0.1:1234", SPARKY_MODEL_KEY: "key-1" };
  await new LocalServers(PATIENCE_MS).find({ model: null, modelUrl: null, providers });
  expect(Object.fromEntries(keys)).toEqual({
    "127.0.0.1:11434": null,
    "127.0.0.1:1234": "Bearer key-1",
    "127.0.0.1:8080": null,
  });
});

test("Ollama is believed on what it holds, never on what the model could take", async () => {
  const shows = (parameters: string, most: unknown): Telling => ({
    parameters,
    model_info: { "m.context_length": most },
  });
  const cases: readonly (readonly [tells: Tells, tokens: number, isGuess: boolean])[] = [
    // Not in memory, with nothing set: its own default counts, which nobody can ask for.
    [{ ...OLLAMA, "GET /api/ps": { models: [] } }, 16_000, true],
    [{ "POST /api/show": shows("num_ctx   32768", 131_072) }, 32_768, false],
    [{ "POST /api/show": shows("num_ctx 32768", 8192) }, 8192, false],
    [{ "POST /api/show": shows("", 4096) }, 4096, true],
    [{ ...OLLAMA, "POST /api/show": shows("num_ctx 4096", 131_072) }, 4096, false],
    // Of another model.
    [{ ...OLLAMA, "GET /api/ps": { models: [{ name: "small:70b", context_length: 2048 }] } }, 16_000, true],
  ];
  for (const [tells, tokens, isGuess] of cases) {
    expect(await windowOf("ollama", (await localServer(tells)).url)).toEqual({ tokens, isGuess });
  }
});

test("LM Studio's instances have windows of their own, and a model that is not loaded has none yet", async () => {
  const loaded_instances = [8000, 4000].map((context_length, at) => ({ id: `m:${at}`, config: { context_length } }));
  const { url } = await localServer({
    "GET /api/v1/models": {
      models: [
        { type: "llm", key: "m", loaded_instances, max_context_length: 9000 },
        { type: "llm", key: "cold", loaded_instances: [], max_context_length: 9000 },
      ],
    },
  });
  const windows = await Promise.all(["m", "m:0", "m:1", "cold"].map((name) => windowOf("lmstudio", url, name)));
  expect(windows.map((window) => window?.tokens)).toEqual([4000, 8000, 4000, 9000]);
  expect(windows.map((window) => window?.isGuess)).toEqual([false, false, false, true]);
});

test("of a thousand models, each said to be loaded hundreds of times, no more is checked than keeps nobody waiting", async () => {
  const instances = Array.from({ length: 30 }, (_, at) => ({ id: `m:${at}`, config: { context_length: 8000 } }));
  const crowd = Array.from({ length: 999 }, (_, at) => ({ key: `n${at}`, loaded_instances: Array(450).fill(0) }));
  const { url } = await localServer({
    "GET /api/v1/models": { models: [{ key: "m", loaded_instances: instances }, ...crowd] },
  });
  const windows = await Promise.all(["m:0", "m:9", "m:10"].map((name) => windowOf("lmstudio", url, name)));
  expect(windows.map((window) => window?.isGuess)).toEqual([false, false, true]);
});

test("of a server with very many models the first are listed, with the one in use; whichever is used is asked about", async () => {
  const names = Array.from({ length: 300 }, (_, at) => `m${at}`);
  const { url, asked } = await localServer({
    "GET /api/tags": { models: names.map((name) => ({ name })) },
    "GET /api/ps": { models: names.map((name) => ({ name, context_length: 8000 })) },
    "POST /api/show": {},
    "GET /v1/models": { data: names.map((id) => ({ id, max_model_len: 8000 })) },
    "GET /api/v1/models": {
      models: names.map((key) => ({ key, loaded_instances: [{ id: key, config: { context_length: 8000 } }] })),
    },
    "GET /props": {},
  });
  for (const provider of ["ollama", "lmstudio", "compatible"]) {
    const settings = settingsOf({ [provider]: url }, `${provider}/m299`);
    const [server] = await new LocalServers(PATIENCE_MS).find(settings);
    expect(server?.models.map(({ name }) => name)).toEqual([...names.slice(0, 50), "m299"]);
    expect(server?.models.at(-1)?.window.holds).toBe(8000);
    expect(await windowOf(provider, url, "m298")).toEqual({ tokens: 8000, isGuess: false });
  }
  expect(asked.filter((each) => each === "POST /api/show")).toHaveLength(52);
});

test("a model of several at llama.cpp is asked about without being loaded for that", async () => {
  const { url, asked } = await localServer(LLAMA_CPP);
  await windowOf("llamacpp", url, "org/other:q4");
  expect(asked).toContain("GET /props?model=org%2Fother%3Aq4&autoload=false");
});

interface Hostile {
  readonly what: string;
  readonly telling: Telling;
  readonly limitMs: number;
}

const HOSTILE: readonly (readonly [what: string, telling: Telling, limitMs?: number])[] = [
  ["a web page", "<!doctype html><title>Router</title>"],
  ["no object", [1, 2, 3]],
  ["an endless answer", FLOOD],
  ["nothing, ever", SILENCE, 100],
  ["a redirect", { redirect: "http://127.0.0.1:9/models" }],
  ["wrong types", { models: { name: "x" }, data: "x", default_generation_settings: [] }],
  [
    "names that are none",
    { models: [{ name: "a b\u001b[31m" }, { name: 7 }, { key: "../ x" }, null], data: [{ id: "" }] },
  ],
];

test.each(HOSTILE.map(([what, telling, limitMs = PATIENCE_MS]): Hostile => ({ what, telling, limitMs })))(
  "a server that answers with $what is believed nothing, and not waited for",
  async ({ telling, limitMs }) => {
    const routes = ["/api/tags", "/api/ps", "/api/v1/models", "/api/v0/models", "/v1/models", "/props"];
    const { url } = await localServer({
      ...Object.fromEntries(routes.map((path) => [`GET ${path}`, telling])),
      "POST /api/show": telling,
    });
    const everywhere = { ollama: url, lmstudio: url, llamacpp: url, compatible: url };
    const found = await new LocalServers(limitMs).find(settingsOf(everywhere));
    expect(found.flatMap(({ models }) => models)).toEqual([]);
    const windows = await Promise.all(Object.keys(everywhere).map((each) => windowOf(each, url, "small", limitMs)));
    expect(windows.map((window) => window?.isGuess)).toEqual([true, true, true, true]);
    expect(windows.map((window) => window?.tokens)).toEqual([16_000, 16_000, 16_000, 32_000]);
  },
);

test("what a server says is read in time that grows with its length alone, and no list is read without end", async () => {
  const { url } = await localServer({
    "GET /api/tags": { models: [{ name: "small" }, ...Array.from({ length: 5000 }, () => ({})), { name: "far" }] },
    "GET /api/ps": { models: [{ name: `${":".repeat(60_000)}/`, context_length: 4000 }] },
    "POST /api/show": { parameters: `${"\n".repeat(60_000)}num_ctx 8000`, model_info: null, capabilities: {} },
  });
  const found = await new LocalServers(PATIENCE_MS).find(settingsOf({ ollama: url }));
  expect(found.flatMap(({ models }) => models.map(({ name }) => name))).toEqual(["small"]);
  expect(await windowOf("ollama", url)).toEqual({ tokens: 8000, isGuess: false });
});

test.each([0, -1, 511, 1e9, 8000.5, "8000", null, true])("a window of %j is not known", async (size) => {
  const ollama = await localServer({ ...OLLAMA, "GET /api/ps": { models: [{ name: "small", context_length: size }] } });
  expect(await windowOf("ollama", ollama.url)).toEqual({ tokens: 16_000, isGuess: true });
  const llama = await localServer({ "GET /props": { default_generation_settings: { n_ctx: size } } });
  expect(await windowOf("llamacpp", llama.url)).toEqual({ tokens: 16_000, isGuess: true });
});

test("a window that a person has set is not asked for, and neither is that of a hosted model", async () => {
  const { url, asked } = await localServer(OLLAMA);
  const choice = selectModel(settingsOf({ ollama: url }, "ollama/small"));
  expect(await openModel(choice, { window: 5000 }).askWindow?.(never)).toBeNull();
  const openai = selectModel({
    model: "openai/m",
    modelUrl: null,
    providers: { OPENAI_API_KEY: "k", OPENAI_BASE_URL: url },
  });
  expect(await openModel(openai).askWindow?.(never)).toBeNull();
  expect(asked).toEqual([]);
});
