import { z } from "zod";

/** Small questions to a server of a person's own. Whatever comes of one that is not what was asked for is null: not known. */

const MOST_BYTES = 1024 * 1024;

export interface Server {
  /** Where it is asked for answers, such as `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string;
  readonly key: string | null;
  /** Ends all that it is asked. */
  readonly signal: AbortSignal;
}

/** The server's own API lies beside the one that speaks OpenAI's format. */
export const rootOf = ({ baseUrl }: Server): string => baseUrl.replace(/\/v1$/, "");

/** Never throws. With a body it is a POST. */
export async function ask({ key, signal }: Server, url: string, body?: object): Promise<unknown> {
  try {
    const response = await fetch(url, {
      headers: {
        accept: "application/json",
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(key !== null && { authorization: `Bearer ${key}` }),
      },
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
      // A redirect might lead anywhere, with the key.
      redirect: "error",
      signal,
    });
    if (response.ok) return JSON.parse(await textOf(response));
    await response.body?.cancel();
    return null;
  } catch {
    return null;
  }
}

async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  // Leaving the loop ends the answer.
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) return "";
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

/** A window that can be one; anything else is not known. */
export const windowSchema = z.int().min(512).max(10_000_000).nullable().catch(null);

/** What can be chosen: a name with blanks in it cannot. */
export const nameSchema = z
  .string()
  .max(200)
  .regex(/^[\w.:@/+~-]+$/);

/** Checking one takes a while, and nobody else is answered meanwhile. */
const MOST_READ = 1000;

/** Those of a list that are of the shape; the others are passed over. */
export function those<T>(schema: z.ZodType<T>, list: readonly unknown[]): readonly T[] {
  return list.slice(0, MOST_READ).flatMap((each) => {
    const read = schema.safeParse(each);
    return read.success ? [read.data] : [];
  });
}
