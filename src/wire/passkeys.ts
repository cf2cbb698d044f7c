import { z } from "zod";

/** Passkeys, and what browsers are asked and answer, as WebAuthn writes it in JSON. */

export const MOST_OF_PASSKEY_NAME = 60;

export const passkeySchema = z.object({
  id: z.string(),
  user: z.string(),
  name: z.string(),
  /** The host at which it was added, and lets in: at no other. */
  address: z.string(),
  createdAt: z.string(),
  usedAt: z.string().nullable(),
});
export type Passkey = z.infer<typeof passkeySchema>;

const name = z.string().trim().min(1).max(MOST_OF_PASSKEY_NAME);

/** `current`: the password that there is. */
export const passkeyBeginSchema = z.strictObject({ current: z.string().max(1000).optional() });

export const passkeyPatchSchema = z.strictObject({ name });

/** `left`: how many passkeys they have still; `password`: whether they have one; `ended`: how many browsers were signed out by it. */
export const passkeyRemovedSchema = z.object({
  id: z.string(),
  name: z.string(),
  user: z.string(),
  left: z.number().int(),
  password: z.boolean(),
  ended: z.number().int(),
});
export type PasskeyRemoved = z.infer<typeof passkeyRemovedSchema>;

const bytes = z
  .string()
  .max(50_000)
  .regex(/^[\w-]*$/);
/** 1,023 bytes at most, as WebAuthn has it. */
const credential = bytes.max(1364);
const keyType = z.literal("public-key");

export const addOptionsSchema = z.object({
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: bytes, name: z.string(), displayName: z.string() }),
  challenge: bytes,
  pubKeyCredParams: z.array(z.object({ type: keyType, alg: z.number() })),
  timeout: z.number(),
  excludeCredentials: z.array(z.object({ type: keyType, id: bytes })),
  authenticatorSelection: z.object({
    residentKey: z.literal("required"),
    requireResidentKey: z.literal(true),
    userVerification: z.literal("required"),
  }),
  attestation: z.literal("none"),
});
export type AddOptions = z.infer<typeof addOptionsSchema>;

export interface SignInOptions {
  readonly rpId: string;
  readonly challenge: string;
  readonly timeout: number;
  readonly allowCredentials: readonly [];
  readonly userVerification: "required";
}

/** What browsers say beside it is not looked at. */
const answered = { id: credential, rawId: credential, type: keyType, clientExtensionResults: z.object({}).default({}) };

const addedKeySchema = z.object({
  ...answered,
  response: z.object({ clientDataJSON: bytes, attestationObject: bytes }),
});
export type AddedKey = z.infer<typeof addedKeySchema>;

export const newPasskeySchema = z.strictObject({ name, response: addedKeySchema });

export const usedKeySchema = z.object({
  ...answered,
  response: z.object({ clientDataJSON: bytes, authenticatorData: bytes, signature: bytes, userHandle: bytes }),
});
export type UsedKey = z.infer<typeof usedKeySchema>;
