import type { Log } from "../../core/log.ts";
import { SparkyError } from "../../core/errors.ts";
import type { PasskeyRow } from "../../store/database/schema.ts";
import type { Store } from "../../store/database/store.ts";
import { addPasskey, findPasskey, passkeysOf, usePasskey, type Spent } from "../../store/people/passkeys.ts";
import type { User } from "../../store/people/user.ts";
import type { AddedKey, AddOptions, SignInOptions, UsedKey } from "../../wire/passkeys.ts";
import { CHALLENGE_SECONDS, makeChallenge, readChallenge, type Purpose } from "./passkey-challenge.ts";

/** Where passkeys are asked for. */
export interface Place {
  /** The host, without its port: what browsers bind a passkey to. */
  readonly name: string;
  /** What pages may say that they are of, as the browser writes it into the answer. */
  readonly origins: readonly string[];
}

interface Parts {
  readonly store: Store;
  readonly log: Log;
  readonly secret: string;
}

/** EdDSA, ECDSA with P-256, RSA with PKCS 1: what every device has one of. */
const ALGORITHMS = [-8, -7, -257];

/**
 * Passkeys, asked for and checked. What a browser answers is checked by a library, which is loaded when the first one answers; a
 * device must have made sure who holds it, by a finger, a face or a PIN.
 */
export function passkeys({ store, log, secret }: Parts) {
  const challenge = (purpose: Purpose): string =>
    makeChallenge(purpose, { secret, now: store.clock.now() }, store.random);

  /** For the library, which reads the challenge out of what the device has signed. */
  function expecting(purpose: Purpose) {
    let spent: Spent | null = null;
    return {
      expectedChallenge: (given: string): boolean => {
        spent = readChallenge(given, purpose, { secret, now: store.clock.now() });
        return spent !== null;
      },
      spent: (): Spent | null => spent,
    };
  }

  return {
    async optionsToAdd(user: User, place: Place, session: string): Promise<AddOptions> {
      const there = (await passkeysOf(store, user.id)).filter(({ address }) => address === place.name);
      return {
        rp: { id: place.name, name: "Sparky" },
        user: { id: Buffer.from(user.id).toString("base64url"), name: user.name, displayName: user.name },
        challenge: challenge({ what: "add", browser: session, place: place.name }),
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
        timeout: CHALLENGE_SECONDS * 1000,
        excludeCredentials: there.map(({ credential }) => ({ type: "public-key", id: credential })),
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
        attestation: "none",
      };
    },

    /** Throws `invalid_input` for an answer that is not right. */
    async add(
      user: User,
      { name, response }: { readonly name: string; readonly response: AddedKey },
      place: Place,
      session: string,
    ): Promise<PasskeyRow> {
      const { verifyRegistrationResponse } = await import("@simplewebauthn/server");
      await refuseStatement(response);
      const { spent, expectedChallenge } = expecting({ what: "add", browser: session, place: place.name });
      const checked = await verifyRegistrationResponse({
        response,
        expectedChallenge,
        expectedOrigin: [...place.origins],
        expectedRPID: place.name,
        requireUserVerification: true,
        supportedAlgorithmIDs: ALGORITHMS,
      }).catch((cause: unknown) => {
        throw wrongAnswer(cause);
      });
      const challenge = spent();
      if (!checked.verified || challenge === null) throw wrongAnswer();
      const { id, publicKey, counter } = checked.registrationInfo.credential;
      const made = { name, address: place.name, credential: id, uses: counter };
      return addPasskey(store, user, { ...made, public_key: Buffer.from(publicKey).toString("base64url") }, challenge);
    },

    optionsToSignIn: (place: Place, browser: string): SignInOptions => ({
      rpId: place.name,
      challenge: challenge({ what: "sign in", browser, place: place.name }),
      timeout: CHALLENGE_SECONDS * 1000,
      allowCredentials: [],
      userVerification: "required",
    }),

    /** Whose it is; null for an answer that is not right, whatever is wrong with it. An answer counts once. */
    async check(response: UsedKey, place: Place, browser: string): Promise<Pick<PasskeyRow, "id" | "user_id"> | null> {
      const passkey = await findPasskey(store, response.id);
      const handle = Buffer.from(response.response.userHandle, "base64url").toString();
      if (passkey === null || passkey.address !== place.name || passkey.user_id !== handle) return null;
      const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
      const { spent, expectedChallenge } = expecting({ what: "sign in", browser, place: place.name });
      const { id, user_id, credential, public_key, uses } = passkey;
      const checked = await verifyAuthenticationResponse({
        response,
        expectedChallenge,
        expectedOrigin: [...place.origins],
        expectedRPID: place.name,
        requireUserVerification: true,
        credential: { id: credential, publicKey: Buffer.from(public_key, "base64url"), counter: uses },
      }).catch((error: unknown) => {
        log.info({ err: error, passkey: id }, "an answer for a passkey is not right");
        return null;
      });
      const challenge = spent();
      if (checked?.verified !== true || challenge === null) return null;
      return (await usePasskey(store, { id, uses: checked.authenticationInfo.newCounter }, challenge))
        ? { id, user_id }
        : null;
    },
  };
}

/**
 * What a device's maker says of it was not asked for. Checking it would have the server fetch lists of what was revoked, from wherever
 * certificates say that they are.
 */
async function refuseStatement({ response }: AddedKey): Promise<void> {
  const { decodeAttestationObject } = await import("@simplewebauthn/server/helpers");
  let said;
  try {
    said = decodeAttestationObject(new Uint8Array(Buffer.from(response.attestationObject, "base64url")));
    if (said.get("fmt") === "none") return;
    // A device that signs for itself.
    if (said.get("fmt") === "packed" && said.get("attStmt").get("x5c") === undefined) return;
  } catch (cause) {
    throw wrongAnswer(cause);
  }
  throw wrongAnswer(new Error(`a statement of the format ${said.get("fmt")} was not asked for`));
}

export type Passkeys = ReturnType<typeof passkeys>;

const wrongAnswer = (cause?: unknown): SparkyError =>
  new SparkyError("invalid_input", "this is no answer to what was asked of the browser", {
    cause,
    hint: "begin anew: an answer counts once, for five minutes, in the browser and at the address where it was asked for",
  });
