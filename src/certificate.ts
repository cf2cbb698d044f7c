import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { statSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { isSparkyError, messageOf, SparkyError } from "./core/errors.ts";
import { readNamedFile } from "./named-file.ts";

/** The certificate that a server shows, and its key: read, checked, and read anew when their files have changed. */

export interface Files {
  readonly cert: string;
  readonly key: string;
}

/** A certificate and the key that fits it. */
export interface Pair {
  /** PEM; behind the certificate itself may stand those that lead to who has signed it. */
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the certificate, as `AB:CD:…`: it names this one and no other. */
  readonly fingerprint: string;
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
}

/** Throws `invalid_input` where either file cannot be read, is of another form, or does not fit the other. */
export function readPair(files: Files): Pair {
  const cert = read("SPARKY_TLS_CERT", files.cert);
  const key = read("SPARKY_TLS_KEY", files.key);
  const certificate = certificateIn(cert, files.cert);
  if (!certificate.checkPrivateKey(keyIn(key, files.key))) {
    throw refused(`the key in ${files.key} is not that of the certificate in ${files.cert}`, {
      hint: "name the key that the certificate was asked for with; the server’s own certificate stands first in its file",
    });
  }
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const hint = "make a new certificate, with a key of today’s strength";
    throw refused(`the certificate in ${files.cert} cannot be used: ${messageOf(cause)}`, { cause, hint });
  }
  const { fingerprint256: fingerprint, validFromDate, validToDate } = certificate;
  return { cert, key, fingerprint, validFrom: validFromDate.getTime(), validTo: validToDate.getTime() };
}

/** What is wrong with its dates, for people; null: nothing. */
export function datesProblem({ validFrom, validTo }: Pair, now: number): string | null {
  if (validTo <= now) return `it ended on ${day(validTo)}`;
  return validFrom > now ? `it does not begin before ${day(validFrom)}` : null;
}

export const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The pair of two files as they are now. */
export class Certificate {
  /** It has changed. */
  onRenewed: (pair: Pair) => void = () => {};
  /** Its files have, into what cannot be used: that of before goes on. */
  onProblem: (error: SparkyError) => void = () => {};
  readonly #files: Files;
  #stamp: string;
  #pair: Pair;

  /** Throws as `readPair`. */
  constructor(files: Files) {
    this.#files = files;
    this.#stamp = stampOf(files);
    this.#pair = readPair(files);
  }

  get pair(): Pair {
    return this.#pair;
  }

  /** Two looks at the file system, and no more while the files stay as they are. The pair if it is another one now, else null. */
  renewed(): Pair | null {
    const stamp = stampOf(this.#files);
    if (stamp === this.#stamp) return null;
    this.#stamp = stamp;
    try {
      const pair = readPair(this.#files);
      if (pair.cert === this.#pair.cert && pair.key === this.#pair.key) return null;
      this.#pair = pair;
    } catch (error) {
      // Of two files one is written first: the other is on its way.
      if (!isSparkyError(error)) throw error;
      this.onProblem(error);
      return null;
    }
    this.onRenewed(this.#pair);
    return this.#pair;
  }
}

/** Taken before the files are read: what changes meanwhile is seen the next time. */
function stampOf({ cert, key }: Files): string {
  const stamps = [cert, key].map((file) => {
    try {
      const { ino, size, ctimeNs } = statSync(file, { bigint: true });
      return `${ino} ${size} ${ctimeNs}`;
    } catch (error) {
      return messageOf(error);
    }
  });
  return stamps.join("; ");
}

function read(variable: string, file: string): string {
  try {
    return readNamedFile(file);
  } catch (cause) {
    if (isSparkyError(cause)) throw cause;
    const hint = `check its path and permissions, or: sparky config set ${variable} FILE`;
    throw refused(`cannot read ${file}, which ${variable} names`, { cause, hint });
  }
}

function certificateIn(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    const hint = "it begins with -----BEGIN CERTIFICATE-----; from another form: openssl x509 -inform der -in FILE";
    throw refused(`${file} is no certificate in PEM form`, { cause, hint });
  }
}

function keyIn(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    if (/\bENCRYPTED\b/.test(pem)) {
      const hint = "a server starts with nobody there to type it: openssl pkey -in FILE -out NEW, for its eyes only";
      throw refused(`the key in ${file} is locked by a passphrase`, { cause, hint });
    }
    const hint = "it begins with -----BEGIN PRIVATE KEY-----; from another form: openssl pkey -inform der -in FILE";
    throw refused(`${file} is no private key in PEM form`, { cause, hint });
  }
}

const refused = (message: string, { hint, cause }: { hint: string; cause?: unknown }): SparkyError =>
  new SparkyError("invalid_input", message, { hint, cause });
