import { expect, test } from "vitest";
import { holdsSecret, masked } from "./secrets.ts";

test.each([
  ["OPENAI_API_KEY", "sk-secret", "***"],
  ["SPARKY_TOKEN", "sparky_secret", "***"],
  ["SPARKY_MODEL_KEY", "secret", "***"],
  ["SPARKY_DB_URL", "postgres://ada:secret@db.lan/sparky", "postgres://ada:***@db.lan/sparky"],
  ["SPARKY_DB_URL", "postgres://ada:sec@r/et@db.lan/sparky", "postgres://ada:***@db.lan/sparky"],
  [
    "SPARKY_DB_URL",
    "postgres://db.lan/sparky?user=ada&password=secret",
    "postgres://db.lan/sparky?user=ada&password=***",
  ],
  ["SPARKY_MODEL_URL", "https://secret@host/v1", "https://***@host/v1"],
  ["OPENAI_BASE_URL", "https://host/v1?api_key=secret&v=1", "https://host/v1?api_key=***&v=1"],
])("%s=%s is shown as %s", (name, value, shown) => {
  expect(masked(name, value)).toBe(shown);
  expect(holdsSecret(name, value)).toBe(true);
});

test.each([
  ["SPARKY_PORT", "8000"],
  ["SPARKY_MODEL", "openrouter/meta/llama:free"],
  ["SPARKY_DB_URL", "postgres://ada@db.lan/sparky?sslmode=require"],
  ["SPARKY_MODEL_URL", "http://127.0.0.1:1234/v1"],
  ["SPARKY_MODEL_PRICES", "openai/gpt-5=1.25/10/0.125"],
])("%s=%s holds no secret", (name, value) => expect(masked(name, value)).toBe(value));
