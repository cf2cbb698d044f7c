import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";
import { isoCBOR } from "@simplewebauthn/server/helpers";
import type { AddedKey, AddOptions, SignInOptions, UsedKey } from "../../src/wire/passkeys.ts";

/** What a device, or somebody who pretends to be one, may answer otherwise than it was asked. */
interface Otherwise {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  /** Whether it has made sure who holds it. */
  readonly verified?: boolean;
  /** How often it was used; 0: it does not count. */
  readonly uses?: number;
  readonly userHandle?: string;
  readonly id?: string;
  /** The key and the certificate, as PEM, of the maker that vouches for it. */
  readonly maker?: { readonly key: string; readonly cert: string };
}

const PRESENT = 0x01;
const VERIFIED = 0x04;
const HAS_KEY = 0x40;

/** A device with one passkey, as WebAuthn has it, that also lies where a test wants it to. */
export function authenticator(origin: string) {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const credential = randomBytes(16);
  const id = credential.toString("base64url");
  let userHandle = "";

  const clientData = (type: string, challenge: string, from: string): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin: from, crossOrigin: false }));

  function data(rpId: string, { verified = true, uses = 0 }: Otherwise, key: Uint8Array | null): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(uses);
    const flags = PRESENT | (verified ? VERIFIED : 0) | (key === null ? 0 : HAS_KEY);
    const head = [createHash("sha256").update(rpId).digest(), Buffer.from([flags]), counter];
    const made = key === null ? [] : [Buffer.alloc(16), Buffer.from([0, credential.length]), credential, key];
    return Buffer.concat([...head, ...made]);
  }

  /** What a maker signs of a device of FIDO U2F. */
  function vouched({ key, cert }: NonNullable<Otherwise["maker"]>, rpId: string, client: Buffer): Map<string, unknown> {
    const hashes = [rpId, client].map((each) => createHash("sha256").update(each).digest());
    const point = [Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")];
    const signed = Buffer.concat([Buffer.from([0]), ...hashes, credential, ...point]);
    return new Map<string, unknown>([
      ["sig", new Uint8Array(sign("sha256", signed, key))],
      ["x5c", [new Uint8Array(new X509Certificate(cert).raw)]],
    ]);
  }

  return {
    id,

    add(asked: AddOptions, otherwise: Otherwise = {}): AddedKey {
      userHandle = asked.user.id;
      const key = isoCBOR.encode(
        new Map<number, number | Uint8Array>([
          ...([
            [1, 2],
            [3, -7],
            [-1, 1],
          ] as const),
          ...([
            [-2, Buffer.from(x, "base64url")],
            [-3, Buffer.from(y, "base64url")],
          ] as const),
        ]),
      );
      const authData = data(otherwise.rpId ?? asked.rp.id, otherwise, key);
      const client = clientData("webauthn.create", otherwise.challenge ?? asked.challenge, otherwise.origin ?? origin);
      const statement = otherwise.maker === undefined ? null : vouched(otherwise.maker, asked.rp.id, client);
      const attestation = isoCBOR.encode(
        new Map<string, unknown>([
          ["fmt", statement === null ? "none" : "fido-u2f"],
          ["attStmt", new Map(statement)],
          ["authData", new Uint8Array(authData)],
        ]) as Parameters<typeof isoCBOR.encode>[0],
      );
      return {
        ...{ id, rawId: id, type: "public-key", clientExtensionResults: {} },
        response: {
          clientDataJSON: client.toString("base64url"),
          attestationObject: Buffer.from(attestation).toString("base64url"),
        },
      };
    },

    use(asked: SignInOptions, otherwise: Otherwise = {}): UsedKey {
      const authenticatorData = data(otherwise.rpId ?? asked.rpId, otherwise, null);
      const client = clientData("webauthn.get", otherwise.challenge ?? asked.challenge, otherwise.origin ?? origin);
      const signed = Buffer.concat([authenticatorData, createHash("sha256").update(client).digest()]);
      const called = otherwise.id ?? id;
      return {
        ...{ id: called, rawId: called, type: "public-key", clientExtensionResults: {} },
        response: {
          clientDataJSON: client.toString("base64url"),
          authenticatorData: authenticatorData.toString("base64url"),
          signature: sign("sha256", signed, privateKey).toString("base64url"),
          userHandle: otherwise.userHandle ?? userHandle,
        },
      };
    },
  };
}

export type Authenticator = ReturnType<typeof authenticator>;
