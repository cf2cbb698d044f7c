import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { createHttp, mayRetry, RequestFailure } from "./http.ts";

// Its timer would outlive the test: nothing here takes time.
beforeEach(() => void vi.spyOn(AbortSignal, "timeout").mockImplementation(() => new AbortController().signal));
afterEach(() => vi.restoreAllMocks());

async function failureOf(answer: () => Response): Promise<RequestFailure> {
  const http = createHttp({ fetch: async () => answer(), now: () => 0, onSignedOut: () => undefined });
  try {
    await http.send("POST", "/api/chats/c/messages", {}, z.unknown());
  } catch (error) {
    if (error instanceof RequestFailure) return error;
  }
  throw new Error("it did not fail");
}
const page = (status: number) => () => new Response("<html>Bad gateway</html>", { status });
const ours = (status: number, code: string) => () =>
  new Response(JSON.stringify({ error: { code, message: "what is wrong", hint: "what to do" } }), { status });

test.each([
  { what: "a proxy that does not reach the server", answer: page(502), code: "offline", again: true },
  { what: "a proxy that has no server", answer: page(503), code: "offline", again: true },
  { what: "a proxy that waited in vain", answer: page(504), code: "offline", again: true },
  { what: "a server that says that it cannot now", answer: ours(503, "unavailable"), code: "unavailable", again: true },
  { what: "somebody else's fault page", answer: page(500), code: "internal", again: true },
  { what: "a proxy's limit", answer: page(413), code: "internal", again: true },
  { what: "a refusal", answer: ours(409, "conflict"), code: "conflict", again: false },
  { what: "a code of a later version", answer: ours(400, "hologram"), code: "internal", again: true },
])("$what is $code", async ({ answer, code, again }) => {
  const failure = await failureOf(answer);
  expect([failure.code, mayRetry(failure)]).toEqual([code, again]);
});
