import type { Dispatcher } from "undici";
import { failureInWords } from "./failure.ts";
import { proxyFor, type Proxies } from "./proxies.ts";
import { checkAddress, checkName, guardedLookup, Refused, type Reach } from "./reach.ts";

/** One request to the web, with a limit on each thing that the other side decides. */

export interface WebAccess {
  readonly reach: Reach;
  readonly proxies: Proxies;
  /** What the server's operator is told apart by. */
  readonly userAgent: string;
}

export interface Download {
  /** Where it was found, behind all redirects. */
  readonly url: URL;
  readonly status: number;
  readonly header: (name: string) => string | null;
  /** Decompressed. */
  readonly body: Uint8Array;
  /** There is more: it was too much, or it did not come in time. */
  readonly cut: "size" | "time" | null;
}

export interface Wanted {
  readonly method?: "GET" | "POST";
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
  /** Of the body, decompressed. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** 0: a redirect is an answer like any other. */
  readonly redirects: number;
  /** The operator's own choice of address: it may lie anywhere. */
  readonly trusted?: boolean;
  readonly signal: AbortSignal;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** For the headers to come: what is slower than that is not there for a reader. */
const HEADERS_MS = 15_000;
const CONNECT_MS = 10_000;
const MAX_HEADER_BYTES = 32 * 1024;

/** Throws an error in words for the model; a call that was stopped throws its signal's reason. */
export async function download(access: WebAccess, address: URL, wanted: Wanted): Promise<Download> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), wanted.timeoutMs);
  const signal = AbortSignal.any([wanted.signal, limit.signal]);
  let url = address;
  try {
    for (let hops = 0; ; hops++) {
      const next = await hop(access, url, wanted, signal, limit.signal);
      if (!(next instanceof URL)) return next;
      if (hops === wanted.redirects) throw new Refused(`${address.href} was redirected more than ${hops} times`);
      next.hash ||= url.hash;
      url = next;
    }
  } catch (error) {
    wanted.signal.throwIfAborted();
    if (limit.signal.aborted) {
      throw new Error(`${url.href} gave no answer within ${wanted.timeoutMs / 1000} s`, { cause: error });
    }
    throw new Error(failureInWords(url, error), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** One request; where it leads on, that address. */
async function hop(
  access: WebAccess,
  url: URL,
  wanted: Wanted,
  signal: AbortSignal,
  late: AbortSignal,
): Promise<Download | URL> {
  if (!wanted.trusted) checkAddress(access.reach, url);
  // Its own `fetch`: Node's is of another version, which does not know these agents.
  const undici = await import("undici");
  const dispatcher = await dispatcherFor(undici, access, url, wanted);
  try {
    const response = await undici.fetch(url, {
      dispatcher,
      signal,
      redirect: "manual",
      method: wanted.method ?? "GET",
      headers: { "user-agent": access.userAgent, ...wanted.headers },
      ...(wanted.body !== undefined && { body: wanted.body }),
    });
    const location = response.headers.get("location");
    if (REDIRECTS.has(response.status) && location !== null && wanted.redirects > 0) {
      const next = URL.parse(location, url);
      if (next === null) throw new Refused(`${url.href} was redirected to ${JSON.stringify(location)}, no address`);
      return next;
    }
    const { body, cut } = await read(response.body, wanted.maxBytes, late);
    return { url, status: response.status, header: (name) => response.headers.get(name), body, cut };
  } finally {
    // With all its connections: none is kept for a next time, and what was not read is not wanted.
    await dispatcher.destroy();
  }
}

async function dispatcherFor(
  { Agent, ProxyAgent }: typeof import("undici"),
  { reach, proxies }: WebAccess,
  url: URL,
  { trusted = false }: Wanted,
): Promise<Dispatcher> {
  const limits = { headersTimeout: HEADERS_MS, maxHeaderSize: MAX_HEADER_BYTES, connectTimeout: CONNECT_MS };
  const proxy = proxyFor(proxies, url);
  if (proxy !== null) {
    if (!trusted) await checkName(reach, url);
    return new ProxyAgent({ uri: proxy, ...limits });
  }
  return new Agent({ ...limits, ...(!trusted && { connect: { lookup: guardedLookup(reach, url) } }) });
}

/** What came of a body, as far as there was room and time: the beginning of a page is worth something. */
async function read(
  stream: AsyncIterable<Uint8Array> | null,
  maxBytes: number,
  late: AbortSignal,
): Promise<Pick<Download, "body" | "cut">> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let cut: Download["cut"] = null;
  try {
    for await (const chunk of stream ?? []) {
      const room = maxBytes - size;
      chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      size += Math.min(chunk.length, room);
      if (chunk.length > room) {
        cut = "size";
        break;
      }
    }
  } catch (error) {
    if (!late.aborted || size === 0) throw error;
    cut = "time";
  }
  return { body: Buffer.concat(chunks, size), cut };
}
