/** What is answered by looking only, or by remembering what was said: asked twice it is as asked once. */
const READS =
  /^(initialize|ping|server\/discover|completion\/complete|(tools|prompts|resources|resources\/templates)\/list|resources\/read|notifications\/.+)$/;
const BROKEN_OFF = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/**
 * A server may close a connection that was kept from the request before just when the next one is sent over it. What only
 * reads is then asked once more; of anything else nobody knows whether it was done.
 */
export async function askedAgain(request: RequestInit, ask: () => Promise<Response>): Promise<Response> {
  try {
    return await ask();
  } catch (error) {
    if (request.signal?.aborted === true || !isBrokenOff(error) || !readsOnly(request)) throw error;
    return await ask();
  }
}

function isBrokenOff(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && BROKEN_OFF.has(String(cause.code));
}

function readsOnly({ method = "GET", body }: RequestInit): boolean {
  if (/^(GET|HEAD)$/.test(method)) return true;
  if (typeof body !== "string") return false;
  const asked = methodOf(body);
  return asked !== null && READS.test(asked);
}

/** Of a message in JSON-RPC; null: it is none, or several. */
function methodOf(body: string): string | null {
  try {
    const message = JSON.parse(body) as { readonly method?: unknown } | null;
    return typeof message?.method === "string" ? message.method : null;
  } catch {
    return null;
  }
}
