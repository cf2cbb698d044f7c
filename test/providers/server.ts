import { createServer, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { onLoopback } from "../kit/loopback.ts";

/** A provider on loopback that sends, byte by byte, what it is given. */

export interface Reply {
  /** 200 when left out. */
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body: string;
  /** The connection is cut behind the body, without an end. */
  readonly cut?: true;
}

export interface Server {
  readonly url: string;
  /** The bodies of the requests so far. */
  readonly requests: readonly string[];
}

/** Each request gets the next reply; the last one is for all that follow. */
export async function providerServer(replies: readonly Reply[]): Promise<Server> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    // Of itself it tells nothing.
    if (request.method === "GET" || request.url === "/api/show") return void response.writeHead(404).end();
    void text(request).then((body) => {
      requests.push(body);
      const reply = replies[Math.min(requests.length, replies.length) - 1];
      if (reply !== undefined) send(response, reply);
    });
  });
  return { url: await onLoopback(server), requests };
}

function send(response: ServerResponse, { status = 200, headers, body, cut }: Reply): void {
  const type = status === 200 ? "text/event-stream" : "application/json";
  response.writeHead(status, { "content-type": type, ...headers });
  if (cut) response.write(body, () => response.destroy());
  else response.end(body);
}
