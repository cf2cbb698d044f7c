import { SparkyError } from "../../core/errors.ts";
import { usedKeySchema, type SignInOptions } from "../../wire/passkeys.ts";
import type { ServerDeps } from "../deps.ts";
import { parseInput, readJson } from "../input.ts";
import type { Arrival } from "../network/arrival.ts";
import type { Auth } from "./auth.ts";
import { letIn } from "./let-in.ts";
import { CHALLENGE_SECONDS } from "./passkey-challenge.ts";
import type { Passkeys, Place } from "./passkeys.ts";
import type { SignInLimit } from "./rate-limit.ts";
import { browserOfPasskey, isSafeWay, onlyBySafeWay, passkeyCookie } from "./session-cookie.ts";

const BROWSER_BYTES = 32;

interface Parts {
  readonly deps: Pick<ServerDeps, "store" | "log" | "secret">;
  readonly auth: Auth;
  readonly limit: SignInLimit;
  readonly passkeys: Passkeys;
}

/** How a request has come in; `headers`: with cookies as the account library names them. `place`: null where there are none. */
interface Came {
  readonly request: Request;
  readonly headers: Headers;
  readonly arrival: Arrival;
  readonly place: Place | null;
}

/** What the script of the sign-in page asks. Whoever is not let in is told the same whatever the reason, as by a password. */
export function passkeyPages({ deps, auth, limit, passkeys }: Parts) {
  const { store, log, secret } = deps;

  return {
    begin({ request, arrival, place }: Came): Response {
      const browser = Buffer.from(store.random(BROWSER_BYTES)).toString("base64url");
      const options: SignInOptions = passkeys.optionsToSignIn(mustBe(place), browser);
      const cookie = passkeyCookie(browser, CHALLENGE_SECONDS, secret);
      const isSafe = isSafeWay(request.headers, arrival, secret);
      return Response.json(options, { headers: { "set-cookie": isSafe ? onlyBySafeWay(cookie) : cookie } });
    },

    async signIn({ request, headers, arrival, place }: Came): Promise<Response> {
      const here = mustBe(place);
      const answer = parseInput(usedKeySchema, await readJson(request));
      const browser = browserOfPasskey(headers, secret);
      const check = async () => (browser === null ? null : passkeys.check(answer, here, browser));
      const session = await auth.signInByPasskey(answer.id, check, headers, arrival.address);
      if (session !== null) {
        return letIn(deps, session, { request, how: "passkey", arrival }, new Response(null, { status: 204 }));
      }
      limit.check(arrival.address);
      limit.failed(arrival.address);
      log.info({ remote: arrival.address }, "a passkey that lets nobody in");
      throw new SparkyError("unauthenticated", "this passkey lets nobody in here", {
        hint: "sign in by a password or a link; a passkey is added in Settings, Sign-in",
      });
    },
  };
}

function mustBe(place: Place | null): Place {
  if (place !== null) return place;
  throw new SparkyError("conflict", "browsers have no passkeys for this address", {
    hint: "open it at localhost on its own machine, or by HTTPS at its host's name",
  });
}
