import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";

/** A request as an attacker writes it: nothing of it is put right on its way out. */
export interface Raw {
  readonly method?: string;
  /** Sent as it is: no `..` is resolved, nothing is encoded. */
  readonly target: string;
  /** A name may stand there twice. `Host` is the server's own unless it is said. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly body: string;
}

export async function send(port: number, { method = "GET", target, headers = [], body }: Raw): Promise<RawAnswer> {
  const has = (name: string): boolean => headers.some(([each]) => each.toLowerCase() === name);
  const all = [
    ...(has("host") ? [] : [["host", `127.0.0.1:${port}`] as const]),
    ...headers,
    ["connection", "close"] as const,
    ...(body === undefined ? [] : [["content-length", String(Buffer.byteLength(body))] as const]),
  ];
  const request = httpRequest({ port, method, path: target, agent: false, headers: all.flat() });
  request.end(body);
  const [response] = await once(request, "response");
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

export const bearer = (token: string) => ["authorization", `Bearer ${token}`] as const;
