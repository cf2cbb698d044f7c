import { createHmac, timingSafeEqual } from "node:crypto";

/** Long enough to find one's device, and no longer. */
export const CHALLENGE_SECONDS = 300;
const NONCE_BYTES = 16;
const TIME_BYTES = 6;

/** What a challenge is for: an answer to one is none to another. */
export interface Purpose {
  readonly what: "add" | "sign in";
  /** To whose browser it was given. */
  readonly browser: string;
  /** The name at which the passkey is. */
  readonly place: string;
}

interface Key {
  readonly secret: string;
  readonly now: number;
}

/**
 * A challenge says itself until when it holds, and is signed: whoever asks for one leaves nothing here, and any node knows it again.
 * That it is answered once is seen to where the answer is taken.
 */
export function makeChallenge(purpose: Purpose, { secret, now }: Key, random: (bytes: number) => Uint8Array): string {
  const head = Buffer.alloc(NONCE_BYTES + TIME_BYTES);
  head.set(random(NONCE_BYTES));
  head.writeUIntBE(now + CHALLENGE_SECONDS * 1000, NONCE_BYTES, TIME_BYTES);
  return Buffer.concat([head, signature(head, purpose, secret)]).toString("base64url");
}

/** Null: it is not ours, for something or somebody else, or over. */
export function readChallenge(
  challenge: string,
  purpose: Purpose,
  { secret, now }: Key,
): { readonly nonce: string; readonly expiresAt: number } | null {
  const bytes = Buffer.from(challenge, "base64url");
  const head = bytes.subarray(0, NONCE_BYTES + TIME_BYTES);
  if (head.length < NONCE_BYTES + TIME_BYTES) return null;
  const [given, right] = [bytes.subarray(head.length), signature(head, purpose, secret)];
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
  const expiresAt = head.readUIntBE(NONCE_BYTES, TIME_BYTES);
  const nonce = head.subarray(0, NONCE_BYTES).toString("base64url");
  return expiresAt > now && expiresAt <= now + CHALLENGE_SECONDS * 1000 ? { nonce, expiresAt } : null;
}

const signature = (head: Uint8Array, { what, browser, place }: Purpose, secret: string): Buffer =>
  createHmac("sha256", secret)
    .update(JSON.stringify(["passkey", what, browser, place]))
    .update(head)
    .digest();
