import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { until } from "../../../test/kit/worker.ts";
import { NOTHING_KEPT, type KeptSignIn, type SignInPlace } from "./kept-sign-in.ts";
import { renewed } from "./renewal.ts";

test("a renewal that somebody else has begun is not waited for by one who stops", async () => {
  const clock = testClock();
  const kept: KeptSignIn = {
    ...NOTHING_KEPT,
    claim: { by: "another", at: clock.now() },
    grant: {
      issuer: "https://issuer.example.com",
      tokens: { access_token: "old", refresh_token: "more", token_type: "Bearer" },
      client: undefined,
      renewAt: null,
      found: { authorizationServerUrl: "https://issuer.example.com" },
    },
  };
  const place: SignInPlace = { read: async () => kept, change: async (update) => update(kept) !== null };
  const asked: unknown[] = [];
  const fetch = async (url: string | URL) => (asked.push(url), Response.error());
  const stopping = new AbortController();
  const renewal = renewed(
    { server: "closed", place, clock, fetch, client: undefined, stopping: stopping.signal },
    "old",
  );
  renewal.catch(() => null);
  await until("its waiting", () => clock.pending > 0);
  stopping.abort(new Error("this server is stopping"));
  // The clock stands still: nothing else ends the wait.
  await expect(renewal).rejects.toThrow("this server is stopping");
  expect(asked).toEqual([]);
});
