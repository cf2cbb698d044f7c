import { z } from "zod";
import type { RouteDoc } from "../../wire/openapi.ts";
import type { User } from "../../wire/api.ts";
import type { Credential } from "../../store/people/identity.ts";
import type { Held } from "../sign-in/identities.ts";
import { parseInput } from "../input.ts";

type ParamName<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamName<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

/** A request that was let in, its parts parsed. */
export interface Call<Path extends string, Q, B> {
  readonly viewer: User;
  /** By what they came in; null: a caller inside this process, or anybody at all. */
  readonly credential: Credential | null;
  readonly params: { readonly [name in ParamName<Path>]: string };
  readonly query: Q;
  readonly body: B;
  readonly headers: Headers;
  /** `http://host:port` as the caller knows this server. */
  readonly base: string;
  /** The caller waits no longer. */
  readonly signal: AbortSignal;
}

export interface Reply {
  readonly status: number;
  /** Undefined: no body. */
  readonly body?: unknown;
  readonly cookies?: readonly string[];
}

interface Spec<Path extends string, Q extends z.ZodType, B extends z.ZodType> extends RouteDoc {
  readonly path: Path;
  readonly query?: Q;
  readonly body?: B;
  handle(call: Call<Path, z.output<Q>, z.output<B>>): Promise<Reply>;
}

export interface RawCall {
  readonly viewer: User;
  readonly credential: Credential | null;
  readonly params: { readonly [name: string]: string };
  readonly query: { readonly [name: string]: string };
  readonly headers: Headers;
  readonly base: string;
  /** Reads the body, for routes that take one. */
  json(): Promise<unknown>;
  readonly request: Request;
  /** Destroys the connection; undefined: there is none. */
  readonly cut: (() => void) | undefined;
  /** For an answer that stays open: tells when the sign-in that it was asked for by has ended. null: nothing can end it. */
  readonly hold: () => Held | null;
}

/** One row of the route table: what it is, for the documentation, and what it does. */
export interface Route {
  readonly doc: RouteDoc;
  /** A `Response` goes out as it is. */
  run(call: RawCall): Promise<Reply | Response>;
}

const nothing = z.unknown();

export function route<Path extends string, Q extends z.ZodType = typeof nothing, B extends z.ZodType = typeof nothing>(
  spec: Spec<Path, Q, B>,
): Route {
  return {
    doc: spec,
    async run(raw) {
      // The router matched `spec.path`, so each of its names has a value.
      const params = parseInput(z.record(z.string(), z.string()), raw.params) as Call<Path, never, never>["params"];
      const query = parseInput<z.ZodType>(spec.query ?? nothing, raw.query) as z.output<Q>;
      const body = (spec.body === undefined ? undefined : parseInput(spec.body, await raw.json())) as z.output<B>;
      const { viewer, credential, headers, base, request } = raw;
      const call = { viewer, credential, headers, base, params, query, body };
      // Only few ask for it, and it is made when it is asked for.
      return spec.handle({
        ...call,
        get signal() {
          return request.signal;
        },
      });
    },
  };
}
