import type { Client, PriorDiscovery, Transport } from "@modelcontextprotocol/client";
import { isSparkyError, messageOf, SparkyError } from "../../core/errors.ts";
import { shorten } from "../../core/text.ts";
import type { Reached, ServerDefinition } from "./definition.ts";
import { boundedFetch } from "./http.ts";
import { launchOf, type Ground } from "./launch.ts";
import { SignInNeeded, type SignIn } from "./sign-in.ts";
import { StdioTransport, type ServerProcess } from "./stdio.ts";
import type { Tail } from "./tail.ts";

/** How a conversation with a server begins, or why it does not. */

export interface ConnectionOptions extends Ground {
  readonly definition: ServerDefinition;
  /** With its variables filled in. */
  readonly reached: Reached;
  readonly diskFloor?: number | undefined;
  readonly version: string;
  readonly tail: Tail;
  /** It was seen to speak only the revisions before 2026-07-28. */
  readonly legacy: boolean;
  readonly onToolsChanged: () => void;
  /** Who signs in where the server asks for it; undefined: nobody. */
  readonly signIn?: SignIn | undefined;
  keep(process: ServerProcess): Promise<void>;
  forget(process: ServerProcess): Promise<void>;
}

/** Of a probe for the newer revision: an old server that is silent is one that does not know the question. */
const PROBE_MS = 5000;
const LIST_PAGES = 64;

/** Schemas come from the server too: one of its own making could keep us busy for ever. Its results are not checked by them. */
const UNCHECKED = {
  getValidator: () => (input: unknown) => ({ valid: true as const, data: input as never, errorMessage: undefined }),
};

/** Where the server wants a person to sign in: the way there. */
export function signInNeeded({ definition, signIn }: ConnectionOptions, cause: unknown): SignInNeeded | null {
  const [page, begun] = [signIn?.page ?? null, signIn?.begun ?? null];
  return page === null || begun === null ? null : new SignInNeeded(definition.name, page, begun, cause);
}

export interface Connected {
  readonly client: Client;
  readonly transport: Transport;
}

/** The beginning of a conversation; throws `unavailable` in words. */
export async function connected(options: ConnectionOptions, legacy: boolean, signal: AbortSignal): Promise<Connected> {
  const { definition, reached, version, tail, diskFloor } = options;
  const { Client, StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
  const bounded = boundedFetch();
  // Elsewhere silence is an outage, as with any other request.
  const probeMs = reached.by === "http" ? definition.connectMs : Math.min(PROBE_MS, definition.connectMs);
  const transport =
    reached.by === "http"
      ? new StreamableHTTPClientTransport(new URL(reached.url), {
          requestInit: { headers: { ...reached.headers } },
          fetch: options.signIn?.over(bounded.fetch, new URL(reached.url)) ?? bounded.fetch,
          ...(options.signIn !== undefined && { authProvider: options.signIn }),
        })
      : new StdioTransport({
          ...(await launchOf(definition.name, reached, options)),
          tail,
          diskFloor,
          keep: (process) => options.keep(process),
          forget: (process) => options.forget(process),
        });
  const client = new Client(
    { name: "sparky", version },
    {
      // Neither sampling nor roots: a server gets no model and no folders of ours.
      capabilities: { elicitation: { form: {}, url: {} } },
      versionNegotiation: { mode: "auto", probe: { timeoutMs: probeMs } },
      jsonSchemaValidator: UNCHECKED,
      listMaxPages: LIST_PAGES,
      // Whoever is told waits as long as it likes: a server that never stops telling is not one that is never asked.
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => options.onToolsChanged() } },
    },
  );
  client.onerror = (error) => tail.note(messageOf(error));
  const prior: { prior?: PriorDiscovery } = legacy ? { prior: { kind: "legacy" } } : {};
  // The library heeds no signal while it finds out what the server speaks.
  const onAbort = (): void => void transport.close();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    signal.throwIfAborted();
    await client.connect(transport, { ...prior, timeout: definition.connectMs, signal });
    return { client, transport };
  } catch (error) {
    // Before it is closed: what ends by that has not ended by itself.
    const exit = transport instanceof StdioTransport ? transport.exit : null;
    await transport.close().catch(() => {});
    await client.close().catch(() => {});
    signal.throwIfAborted();
    if (isSparkyError(error)) throw error;
    const needed = signInNeeded(options, error);
    if (needed !== null) throw needed;
    const isLate = codeOf(error) === "REQUEST_TIMEOUT";
    const late = `it has not answered in ${definition.connectMs / 1000} s`;
    const why = exit ?? bounded.failure() ?? (isLate ? late : messageOf(error));
    if (/^it answered 40[13]\b/.test(why)) {
      const hint = 'it wants to know who asks: give a token in its headers, such as "Authorization": "Bearer ${TOKEN}"';
      throw new SparkyError("unavailable", `the server ${definition.name} could not be reached: ${why}`, {
        hint,
        cause: error,
      });
    }
    if (exit !== null && !legacy) throw new EndedAtProbe(definition.name, why, tail, error);
    throw failure(definition.name, why, tail, error);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

export const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

/** It ended when it was asked which revision it speaks. */
export class EndedAtProbe extends SparkyError {
  constructor(server: string, why: string, tail: Tail, cause: unknown) {
    super("unavailable", `the server ${server} could not be reached: ${why}`, { ...hintOf(tail), cause });
  }
}

export function failure(server: string, why: string, tail: Tail, cause: unknown): SparkyError {
  return new SparkyError("unavailable", `the server ${server} could not be reached: ${why}`, {
    ...hintOf(tail),
    cause,
  });
}

/** What it died of by its error output, or what it said there last. */
function hintOf(tail: Tail): { readonly hint?: string } {
  const lines = tail.text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("["));
  // Below the error Node writes where it was, and which Node it is.
  const last = lines.findLast((line) => /^(Uncaught )?\w*Error\b.*: /.test(line)) ?? lines.at(-1);
  return last === undefined ? {} : { hint: `it said: ${shorten(last.trim(), 300)}` };
}
