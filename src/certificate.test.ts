import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expiredSelfSigned, lockedKey, otherSelfSigned, selfSigned } from "../test/kit/self-signed.ts";
import { tempHome } from "../test/kit/temp-home.ts";
import { Certificate, datesProblem, readPair } from "./certificate.ts";

async function files({ cert, key }: { readonly cert: string | null; readonly key: string | null } = selfSigned) {
  const folder = await tempHome();
  const at = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  if (cert !== null) writeFileSync(at.cert, cert);
  if (key !== null) writeFileSync(at.key, key);
  return at;
}

test("a certificate and its key are read", async () => {
  const pair = readPair(await files());
  expect(pair).toMatchObject(selfSigned);
  expect(pair.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
});

test("those that lead to who has signed it may stand behind it", async () => {
  const chain = selfSigned.cert + otherSelfSigned.cert;
  expect(readPair(await files({ ...selfSigned, cert: chain })).fingerprint).toBe(readPair(await files()).fingerprint);
});

const wrong: readonly { what: string; cert: string | null; key: string | null; says: RegExp }[] = [
  { what: "no certificate", ...selfSigned, cert: null, says: /cannot read .*cert\.pem, which SPARKY_TLS_CERT names/ },
  { what: "no key", ...selfSigned, key: null, says: /cannot read .*key\.pem, which SPARKY_TLS_KEY names/ },
  { what: "an empty certificate", ...selfSigned, cert: "", says: /cert\.pem is no certificate in PEM form/ },
  { what: "a key for a certificate", ...selfSigned, cert: selfSigned.key, says: /is no certificate in PEM form/ },
  { what: "words for a key", ...selfSigned, key: "key", says: /key\.pem is no private key in PEM form/ },
  { what: "a certificate for a key", ...selfSigned, key: selfSigned.cert, says: /is no private key in PEM form/ },
  { what: "a key with a passphrase", ...expiredSelfSigned, key: lockedKey, says: /is locked by a passphrase/ },
  { what: "another's key", ...selfSigned, key: otherSelfSigned.key, says: /is not that of the certificate/ },
  { what: "the chain before it", ...selfSigned, cert: otherSelfSigned.cert + selfSigned.cert, says: /is not that of/ },
];

test.each(wrong)("$what is told, and what to do", async ({ cert, key, says }) => {
  const at = await files({ cert, key });
  expect(() => readPair(at)).toThrow(
    expect.objectContaining({ code: "invalid_input", message: expect.stringMatching(says), hint: expect.any(String) }),
  );
});

test("its dates are told and keep nothing from being used", async () => {
  const expired = readPair(await files(expiredSelfSigned));
  expect(datesProblem(expired, Date.UTC(2020, 0, 1, 12))).toBe(null);
  expect(datesProblem(expired, Date.UTC(2026, 0))).toBe("it ended on 2020-01-02");
  expect(datesProblem(expired, Date.UTC(2019, 0))).toBe("it does not begin before 2020-01-01");
});

test("files that change are read once, and the pair before stays while they do not go together", async () => {
  const at = await files();
  const certificate = new Certificate(at);
  const told: string[] = [];
  certificate.onRenewed = () => told.push("renewed");
  certificate.onProblem = ({ message }) => told.push(message);
  expect([certificate.renewed(), told]).toEqual([null, []]);
  writeFileSync(at.cert, otherSelfSigned.cert);
  expect([certificate.renewed(), certificate.renewed(), certificate.pair.cert]).toEqual([null, null, selfSigned.cert]);
  expect(told).toEqual([expect.stringMatching(/is not that of the certificate/)]);
  rmSync(at.key);
  expect([certificate.renewed(), told.length]).toEqual([null, 2]);
  writeFileSync(at.key, otherSelfSigned.key);
  expect(certificate.renewed()).toMatchObject(otherSelfSigned);
  expect([certificate.renewed(), certificate.pair.cert]).toEqual([null, otherSelfSigned.cert]);
  expect(told.slice(2)).toEqual(["renewed"]);
});
