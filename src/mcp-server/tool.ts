import type { z } from "zod";

/** What Sparky is for other programs, by the Model Context Protocol: every tool is a client of the HTTP API. */

/** The API as whoever asks may use it. A refusal is thrown, with words for people. */
export interface Api {
  request<T>(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<T>;
}

export interface Asked {
  readonly api: Api;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Tells how far it is, where somebody wants to know. */
  readonly progress: (done: number, message: string) => Promise<void>;
}

export interface ServedTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly args: z.ZodObject;
  readonly changes: "nothing" | "adds" | "ends";
  /** Its answer, as JSON. */
  call(args: unknown, asked: Asked): Promise<object>;
}

export function servedTool<S extends z.ZodObject>(
  tool: Omit<ServedTool, "args" | "call"> & {
    readonly args: S;
    call(args: z.output<S>, asked: Asked): Promise<object>;
  },
): ServedTool {
  return { ...tool, call: async (args, asked) => tool.call(tool.args.parse(args), asked) };
}

export const query = (params: { readonly [name: string]: string | number | undefined }): string => {
  const given = Object.entries(params).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
};
