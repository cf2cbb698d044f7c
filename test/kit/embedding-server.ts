import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { z } from "zod";

/**
 * A server on loopback that makes vectors over the wire formats of OpenAI and Google. What a text means is which of a few words
 * stand in it: words of one line below mean the same.
 */

const SAME: readonly (readonly string[])[] = [
  ["doctor", "physician", "surgeon"],
  ["car", "automobile", "vehicle"],
  ["dog", "puppy", "hound"],
  ["flat", "apartment", "lodgings"],
];

export const DIMENSIONS = 64;

export interface EmbeddingRequest {
  readonly path: string;
  readonly key: string | null;
  readonly model: string;
  readonly dimensions: number | null;
  readonly texts: readonly string[];
}

/** What it does with a request; `vectors`: as it always does, of so many numbers. */
export type Conduct =
  | { readonly do: "vectors"; readonly dimensions?: number }
  | { readonly do: "answer"; readonly status?: number; readonly body: string }
  | { readonly do: "silence" }
  | { readonly do: "cut" };

export interface EmbeddingServer {
  readonly url: string;
  readonly requests: EmbeddingRequest[];
  /** From the next request on. */
  behave(conduct: (request: EmbeddingRequest) => Conduct): void;
  /** Nobody is there any more. */
  stop(): Promise<void>;
}

const bodySchema = z.union([
  z.object({ model: z.string(), input: z.array(z.string()), dimensions: z.number().optional() }),
  z.object({
    requests: z.array(
      z.object({
        model: z.string(),
        content: z.object({ parts: z.array(z.object({ text: z.string() })) }),
        taskType: z.string(),
        outputDimensionality: z.number().optional(),
      }),
    ),
  }),
]);

export async function embeddingServer(): Promise<EmbeddingServer> {
  const requests: EmbeddingRequest[] = [];
  let conduct: (request: EmbeddingRequest) => Conduct = () => ({ do: "vectors" });
  const server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      // Sparky also asks what models there are, and a server of vectors alone has no list of them.
      if (incoming.method !== "POST") {
        response.writeHead(404).end();
        return;
      }
      const key = incoming.headers.authorization ?? incoming.headers["x-goog-api-key"] ?? null;
      const request = requestOf(incoming.url ?? "", typeof key === "string" ? key : null, body);
      requests.push(request);
      answer(response, request, conduct(request));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  onTestFinished(stop);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, requests, behave: (next) => void (conduct = next), stop };
}

function requestOf(path: string, key: string | null, json: string): EmbeddingRequest {
  const body = bodySchema.parse(JSON.parse(json));
  if ("input" in body) {
    return { path, key, model: body.model, dimensions: body.dimensions ?? null, texts: body.input };
  }
  const [first] = body.requests;
  return {
    ...{ path, key, model: `${first?.model} ${first?.taskType}`, dimensions: first?.outputDimensionality ?? null },
    texts: body.requests.map(({ content }) => content.parts.map((part) => part.text).join("")),
  };
}

function answer(response: ServerResponse, { path, dimensions, texts }: EmbeddingRequest, conduct: Conduct): void {
  if (conduct.do === "silence") return;
  if (conduct.do === "cut") {
    response.destroy();
    return;
  }
  if (conduct.do === "answer") {
    response.writeHead(conduct.status ?? 200, { "content-type": "application/json" });
    response.end(conduct.body);
    return;
  }
  const vectors = texts.map((each) => vectorOf(each, conduct.dimensions ?? dimensions ?? DIMENSIONS));
  const body = path.includes(":batchEmbedContents")
    ? { embeddings: vectors.map((values) => ({ values })) }
    : { object: "list", data: vectors.map((embedding, index) => ({ object: "embedding", index, embedding })) };
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

export function vectorOf(said: string, dimensions: number): readonly number[] {
  const vector = Array.from({ length: dimensions }, () => 0.01);
  for (const [word] of said.toLowerCase().matchAll(/\p{L}+/gu)) {
    const meaning = SAME.findIndex((words) => words.includes(word));
    // Other words say little, each something else.
    const at = meaning >= 0 ? meaning : SAME.length + (createHash("md5").update(word).digest()[0] ?? 0);
    vector[at % dimensions] = (vector[at % dimensions] ?? 0) + (meaning >= 0 ? 3 : 0.2);
  }
  return vector;
}
