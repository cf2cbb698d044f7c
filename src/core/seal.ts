import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { SparkyError } from "./errors.ts";
import type { RandomBytes } from "./ids.ts";

/**
 * Text that is kept encrypted: AES-256-GCM, written as `v1.KEY.NONCE.DATA`. KEY tells which key it was sealed with, without
 * telling the key; DATA ends in the tag. What is sealed belongs to one place (`of`, the name of a row): moved to another it
 * does not open. Pure; for the server, so the one file here that uses Node's own modules.
 */

export const SEAL_KEY_BYTES = 32;

const FORM = /^(v\d+)\.([\w-]{11})\.([\w-]{16})\.([\w-]{22,})$/;
const VERSION = "v1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function seal(key: Uint8Array, text: string, of: string, random: RandomBytes): string {
  const nonce = random(NONCE_BYTES);
  const head = `${VERSION}.${fingerprint(key)}`;
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(`${head}.${of}`));
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `${head}.${Buffer.from(nonce).toString("base64url")}.${data.toString("base64url")}`;
}

/** Throws `unavailable`: sealed with another key, or not what was sealed here. Says which, and nothing of what it held. */
export function unseal(key: Uint8Array, sealed: string, of: string): string {
  const [, version, by, nonce, text] = FORM.exec(sealed) ?? [];
  if (version === undefined || by === undefined || nonce === undefined || text === undefined) throw damaged(of);
  if (version !== VERSION) {
    throw new SparkyError(
      "unavailable",
      `${of} was encrypted in the form ${version}, which this version does not read`,
      {
        hint: "run the version of Sparky that wrote it, or a newer one",
      },
    );
  }
  if (by !== fingerprint(key)) {
    throw new SparkyError("unavailable", `${of} was encrypted with another key`, {
      hint: "put back the secrets.key that it was made with, or set it anew",
    });
  }
  const data = Buffer.from(text, "base64url");
  // Node reads past what no base64 ends in; one text has one spelling.
  if (data.toString("base64url") !== text) throw damaged(of);
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64url"), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(`${version}.${by}.${of}`));
  decipher.setAuthTag(data.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(data.subarray(0, -TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw damaged(of, cause);
  }
}

/** 64 bits of a hash of the key: two keys differ in it, and it leads to none. */
export function fingerprint(key: Uint8Array): string {
  if (key.length !== SEAL_KEY_BYTES) throw new Error(`a key has ${SEAL_KEY_BYTES} bytes, not ${key.length}`);
  return createHash("sha256").update("sparky seal key\0").update(key).digest().subarray(0, 8).toString("base64url");
}

const damaged = (of: string, cause?: unknown): SparkyError =>
  new SparkyError("unavailable", `${of} cannot be decrypted: it was damaged, changed or moved`, {
    hint: "set it anew",
    cause,
  });
