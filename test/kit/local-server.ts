import { createServer, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { onLoopback } from "./loopback.ts";

/** A model server of somebody's own on loopback, which tells of itself what it is made to tell. */

/** It never answers, or it never ends. */
export const SILENCE = Symbol("silence");
export const FLOOD = Symbol("flood");

/** An object is sent as JSON, with its `status`; a text as it is, as a page. `redirect` leads elsewhere, `stream` is one of events. */
export type Telling = object | string | typeof SILENCE | typeof FLOOD;

export interface LocalServer {
  readonly url: string;
  /** `GET /api/tags` and so on, in their order. */
  readonly asked: string[];
  /** The authorizations of the same. */
  readonly keys: (string | null)[];
}

export type Tells = { readonly [route: string]: Telling | ((body: string) => Telling | undefined) };

/** By `METHOD /path`, without the query; what is not among them is not found. It may be changed while it runs. */
export async function localServer(tells: Tells): Promise<LocalServer> {
  const asked: string[] = [];
  const keys: (string | null)[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const route = `${request.method} ${request.url?.split("?", 1)[0]}`;
      asked.push(`${request.method} ${request.url}`);
      keys.push(request.headers.authorization ?? null);
      const telling = tells[route];
      tell(response, typeof telling === "function" ? telling(body) : telling);
    });
  });
  return { url: await onLoopback(server), asked, keys };
}

function tell(response: ServerResponse, telling: Telling | undefined): void {
  if (telling === SILENCE) return;
  if (telling === undefined) return void response.writeHead(404).end();
  if (telling === FLOOD) {
    const more = (): void => {
      while (!response.destroyed && response.write("[".repeat(65_536)));
      response.once("drain", more);
    };
    return more();
  }
  if (typeof telling === "string") return void response.writeHead(200, { "content-type": "text/html" }).end(telling);
  if ("redirect" in telling) return void response.writeHead(302, { location: String(telling.redirect) }).end();
  if ("stream" in telling)
    return void response.writeHead(200, { "content-type": "text/event-stream" }).end(String(telling.stream));
  const status = "status" in telling ? Number(telling.status) : 200;
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(telling));
}

/** Each server as it tells of itself: a model `small` with a window of 8,000, which it could take 100,000 of. */
export const OLLAMA: Tells = {
  "GET /api/tags": { models: [{ name: "small:latest", model: "small:latest", size: 1 }, { name: "vectors:latest" }] },
  "GET /api/ps": { models: [{ name: "small:latest", model: "small:latest", size: 1, context_length: 8000 }] },
  "POST /api/show": (body) => ({
    parameters: 'stop    "<|end|>"\ntemperature    0.7',
    model_info: { "general.architecture": "qwen3", "qwen3.context_length": 100_000, "qwen3.block_count": 36 },
    capabilities: body.includes("vectors") ? ["embedding"] : ["completion", "tools"],
  }),
};

const IN_MEMORY = [{ id: "small", config: { context_length: 8000, flash_attention: true } }];

export const LM_STUDIO: Tells = {
  "GET /api/v1/models": {
    models: [
      { type: "llm", key: "small", loaded_instances: IN_MEMORY, max_context_length: 100_000, format: "gguf" },
      { type: "embedding", key: "vectors", loaded_instances: [], max_context_length: 2048 },
    ],
  },
  "GET /v1/models": { object: "list", data: [{ id: "small", object: "model", owned_by: "organization_owner" }] },
};

/** Before it had an API of version 1; what it does not know it answers with a good status. */
export const OLD_LM_STUDIO: Tells = {
  "GET /api/v1/models": { error: "Unexpected endpoint or method. (GET /api/v1/models)" },
  "GET /api/v0/models": {
    object: "list",
    data: [
      { id: "small", type: "llm", state: "loaded", max_context_length: 100_000, loaded_context_length: 8000 },
      { id: "vectors", type: "embeddings", state: "not-loaded", max_context_length: 2048 },
    ],
  },
  "GET /v1/models": LM_STUDIO["GET /v1/models"] ?? {},
};

export const LLAMA_CPP: Tells = {
  "GET /props": {
    default_generation_settings: { id: 0, n_ctx: 8000, params: {} },
    total_slots: 4,
    model_path: "s.gguf",
  },
  "GET /v1/models": {
    object: "list",
    data: [{ id: "small", object: "model", owned_by: "llamacpp", meta: { n_ctx_train: 100_000, n_params: 1 } }],
  },
};

export const VLLM: Tells = {
  "GET /v1/models": {
    object: "list",
    data: [{ id: "small", object: "model", owned_by: "vllm", root: "org/small", max_model_len: 8000 }],
  },
};
