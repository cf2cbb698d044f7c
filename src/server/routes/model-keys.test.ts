import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { LLMock } from "@copilotkit/aimock";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { modelSetup } from "../../../test/kit/model-setup.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";

/** Keys that are set by the page, tried at each provider's real wire format. */

const KEY = "sk-test-0123456789";
const FILE = "# mine\nLOG_LEVEL=warn # loud enough\n";
const provider = new LLMock({ port: 0 });
beforeAll(() => provider.start());
afterEach(() => provider.reset());
afterAll(() => provider.stop());

async function scene(environment: { readonly [name: string]: string } = {}) {
  const home = await tempHome();
  const path = join(home, ".env");
  writeFileSync(path, FILE);
  const env = {
    OPENAI_BASE_URL: provider.url,
    ANTHROPIC_BASE_URL: provider.url,
    GOOGLE_GENERATIVE_AI_BASE_URL: provider.url,
    ...environment,
  };
  const server = await chatServer(await sqlite.store(), { models: modelSetup(env, home) });
  const { owner } = server.people;
  return {
    ...server,
    text: () => readFileSync(path, "utf8"),
    mode: () => statSync(path).mode & 0o777,
    set: (name: string, body: object) => server.as(owner, "POST", `/api/models/providers/${name}`, body),
    models: async () => (await server.as(owner, "GET", "/api/models")).body,
    owner,
  };
}

test.each([
  { name: "openai", model: undefined, variable: "OPENAI_API_KEY", used: "openai/gpt-6-astra" },
  { name: "anthropic", model: undefined, variable: "ANTHROPIC_API_KEY", used: "anthropic/claude-sonnet-5-5" },
  {
    name: "google",
    model: "gemini-2.5-flash",
    variable: "GOOGLE_GENERATIVE_AI_API_KEY",
    used: "google/gemini-2.5-flash",
  },
])("a key for $name is tried, kept in .env and used without a restart", async ({ name, model, variable, used }) => {
  provider.on({ userMessage: "ok" }, { content: "ok" });
  const { set, models, text, mode, as, owner, logged } = await scene();
  expect(await models()).toMatchObject({ model: "demo", problem: null });
  const { status, body } = await set(name, { key: ` ${KEY}\n`, use: true, ...(model !== undefined && { model }) });
  expect(status).toBe(200);
  expect(body).toMatchObject({ kept: true, overruled: [], test: { ok: true, model: used, message: "ok" } });
  expect(body.models).toMatchObject({ model: used, problem: null, chosenBy: { variable: "SPARKY_MODEL" } });
  expect(text()).toBe(`${FILE}${variable}=${KEY}\nSPARKY_MODEL=${used}\n`);
  expect(mode()).toBe(0o600);
  expect((await as(owner, "GET", "/api/status")).body).toMatchObject({ model: used });
  expect((await as(owner, "POST", "/api/models/test", {})).body).toMatchObject({ ok: true, model: used });
  expect(JSON.stringify([body, await models(), logged])).not.toContain(KEY);
});

test("a server of one's own is set by its address and model, with or without a key", async () => {
  provider.on({ userMessage: "ok" }, { content: "ok" });
  const { set, text, models } = await scene();
  expect((await set("compatible", { model: "qwen3" })).body.error.message).toContain("SPARKY_MODEL_URL is not set");
  expect((await set("compatible", { url: provider.url })).body.error.message).toContain("no usual model");
  const { body } = await set("compatible", { url: provider.url, model: "qwen3", use: true });
  expect(body).toMatchObject({ kept: true, test: { ok: true } });
  expect(await models()).toMatchObject({ model: "compatible/qwen3", chosenBy: { origin: "home" } });
  expect({ ...parseEnv(text()) }).toMatchObject({ SPARKY_MODEL_URL: provider.url, SPARKY_MODEL: "compatible/qwen3" });
});

test.each([
  { why: "a wrong key", status: 401, says: /Anthropic refused the key/ },
  { why: "no credit", status: 402, says: /no credit left/ },
  { why: "an unknown model", status: 404, says: /does not know the model "claude-sonnet-5-5"/ },
])("$why is said in words, and nothing is changed", async ({ status, says }) => {
  provider.on({ userMessage: "ok" }, { error: { message: `no to ${KEY}`, type: "error" }, status });
  const { set, text, models, logged } = await scene();
  const { body } = await set("anthropic", { key: KEY, use: true });
  expect(body).toMatchObject({ kept: false, test: { ok: false } });
  expect(body.test.message).toMatch(says);
  expect(text()).toBe(FILE);
  expect(await models()).toMatchObject({ model: "demo" });
  expect(JSON.stringify([body, logged])).not.toContain(KEY);
});

test("a key that is set is sent to no other server than its own, and one that two servers have stays for the other", async () => {
  provider.on({ userMessage: "ok" }, { content: "ok" });
  const { set, text, as, owner } = await scene();
  await set("compatible", { url: provider.url, model: "qwen3", key: KEY, use: true });
  const kept = text();
  const elsewhere = { url: "http://127.0.0.1:9/v1", model: "qwen3", untested: true };
  expect(await set("compatible", elsewhere)).toMatchObject({
    status: 400,
    body: { error: { message: "another server needs its key again" } },
  });
  expect(text()).toBe(kept);
  expect((await set("compatible", { url: `${provider.url}/v1`, model: "qwen3" })).status).toBe(200);
  expect((await as(owner, "DELETE", "/api/models/providers/ollama")).status).toBe(200);
  expect(text()).toContain(`SPARKY_MODEL_KEY=${KEY}`);
});

test("where there is no network that is said, and the key can be kept untested", async () => {
  const { set, text } = await scene({ OPENAI_BASE_URL: "http://127.0.0.1:9" });
  const { body } = await set("openai", { key: KEY, use: true });
  expect(body).toMatchObject({ kept: false, test: { code: "model_unreachable" } });
  expect(body.test.message).toContain("check the network");
  expect((await set("openai", { key: KEY, untested: true })).body).toMatchObject({ kept: true, test: null });
  expect(text()).toBe(`${FILE}OPENAI_API_KEY=${KEY}\n`);
});

test("the environment wins over what is kept, and the answer names what it overrules", async () => {
  provider.on({ userMessage: "ok" }, { content: "ok" });
  const { set, as, owner } = await scene({ OPENAI_API_KEY: "sk-of-the-environment-1", SPARKY_MODEL: "demo" });
  const { body } = await set("openai", { key: KEY, use: true });
  expect(body).toMatchObject({ kept: true, overruled: ["OPENAI_API_KEY", "SPARKY_MODEL"], models: { model: "demo" } });
  const gone = await as(owner, "DELETE", "/api/models/providers/openai");
  expect(gone.body.overruled).toEqual(["OPENAI_API_KEY", "OPENAI_BASE_URL"]);
});

test("a key that is taken away leaves settings that a server starts with", async () => {
  const { set, as, owner, text, models } = await scene();
  await set("anthropic", { key: KEY, use: true, untested: true });
  const { body } = await as(owner, "DELETE", "/api/models/providers/anthropic");
  expect(body).toMatchObject({ kept: true, models: { model: "demo", problem: null } });
  expect(text()).toBe(FILE);
  expect(await models()).toMatchObject({ chosenBy: null });
});

test("the default model is chosen among those that can be used", async () => {
  const { set, as, owner, text } = await scene();
  const choose = (model: string | null) => as(owner, "PATCH", "/api/models", { model });
  expect(await choose("openai/gpt-5.4")).toMatchObject({ status: 400 });
  await set("openai", { key: KEY, untested: true });
  expect((await choose("openai/gpt-5.4")).body).toMatchObject({ models: { model: "openai/gpt-5.4" } });
  expect((await choose("demo")).body).toMatchObject({ models: { model: "demo" } });
  expect((await choose(null)).body).toMatchObject({ models: { model: "openai/gpt-6-astra" } });
  expect(text()).toBe(`${FILE}OPENAI_API_KEY=${KEY}\n`);
});

test.each([
  ["openai", { key: `${KEY}\nSPARKY_DB_URL=postgres://elsewhere` }, 400, "one line"],
  ["openai", { key: `${KEY}${"x".repeat(5000)}` }, 400, "at most 4096 characters"],
  ["openai", { key: "" }, 400, "must not be empty"],
  ["openai", { key: KEY, url: "file:///etc/passwd" }, 400, "which is not allowed"],
  ["openai", { key: KEY, url: "http://ann:password@host/v1" }, 400, "which is not allowed"],
  ["openrouter", { key: KEY, url: "http://host/v1", model: "a/b" }, 400, "always asked at the same address"],
  ["openai", { key: KEY, model: "gpt 5; rm" }, 400, "which is not allowed"],
  ["demo", { key: KEY }, 404, "there is no provider"],
  ["__proto__", { key: KEY }, 404, "there is no provider"],
])("%s with %j is refused: %i, and what was sent is not said again", async (name, body, status, says) => {
  const { set, text, logged } = await scene();
  for (const sent of [body, { ...body, untested: true }]) {
    const answer = await set(name, sent);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toContain(says);
    expect(JSON.stringify([answer.body, logged])).not.toMatch(/sk-test|elsewhere|password@/);
  }
  expect(text()).toBe(FILE);
});

test.each([`k$HOME-1`, `a#b 2`, `"quoted" 3`, `it's 4`, "back`tick 5", `two "kinds' 6`, `${"\\"}n 7`])(
  "a key with %s in it is read back as it was",
  async (key) => {
    const { set, text, models } = await scene();
    expect((await set("openai", { key, untested: true })).body).toMatchObject({ kept: true });
    expect(parseEnv(text())["OPENAI_API_KEY"]).toBe(key);
    expect(text().startsWith(FILE)).toBe(true);
    expect((await models()).providers).toContainEqual(
      expect.objectContaining({ provider: "openai", key: { variable: "OPENAI_API_KEY", origin: "home" } }),
    );
  },
);

test("nobody but the owner may set, choose or take away", async () => {
  const { as, people, text } = await scene();
  for (const viewer of [people.ann, people.agent]) {
    expect((await as(viewer, "POST", "/api/models/providers/openai", { key: KEY, untested: true })).status).toBe(403);
    expect((await as(viewer, "DELETE", "/api/models/providers/openai")).status).toBe(403);
    expect((await as(viewer, "PATCH", "/api/models", { model: "demo" })).status).toBe(403);
  }
  expect(text()).toBe(FILE);
});
