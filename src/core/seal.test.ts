import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fingerprint, seal, SEAL_KEY_BYTES, unseal } from "./seal.ts";

const random = (n: number): Uint8Array => randomBytes(n);
const key = random(SEAL_KEY_BYTES);

test("any text comes back as it was, and is not seen in what is kept", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 200 });
  fc.assert(
    fc.property(text, (value) => {
      const sealed = seal(key, value, "the secret A", random);
      expect(unseal(key, sealed, "the secret A")).toBe(value);
      expect(sealed).toMatch(/^v1\.[\w-]{11}\.[\w-]{16}\.[\w-]+$/);
      expect(value.length > 8 && sealed.includes(value)).toBe(false);
    }),
  );
});

test("the same text is sealed differently each time", () => {
  expect(seal(key, "same", "it", random)).not.toBe(seal(key, "same", "it", random));
});

test("whatever single character is changed, it does not open, and the error tells nothing of the text", () => {
  const sealed = seal(key, "hunter2hunter2", "the secret A", random);
  for (let at = 0; at < sealed.length; at++) {
    const other = sealed[at] === "A" ? "B" : "A";
    const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
    const open = (): string => unseal(key, changed, "the secret A");
    expect(open).toThrow(/^the secret A (cannot be decrypted|was encrypted)/);
    expect(open).not.toThrow("hunter2");
  }
});

test.each([
  { when: "it was sealed with another key", change: (sealed: string) => sealed, by: random(SEAL_KEY_BYTES), of: "it" },
  { when: "it was moved to another place", change: (sealed: string) => sealed, by: key, of: "its neighbour" },
  { when: "its end is missing", change: (sealed: string) => sealed.slice(0, -4), by: key, of: "it" },
  { when: "a later version wrote it", change: (sealed: string) => sealed.replace("v1", "v2"), by: key, of: "it" },
  { when: "it is no sealed text", change: () => "hunter2", by: key, of: "it" },
])("is refused in words when $when", ({ change, by, of }) => {
  const sealed = change(seal(key, "text", "it", random));
  expect(() => unseal(by, sealed, of)).toThrow(
    expect.objectContaining({ code: "unavailable", hint: expect.any(String) }),
  );
});

test("another key is told from a damaged text", () => {
  const sealed = seal(key, "text", "it", random);
  expect(() => unseal(random(SEAL_KEY_BYTES), sealed, "it")).toThrow("it was encrypted with another key");
  expect(() => unseal(key, `${sealed}AAAA`, "it")).toThrow("it cannot be decrypted");
  expect(fingerprint(key)).not.toContain(Buffer.from(key).toString("base64url").slice(0, 8));
});

test("a key of another length is a mistake of ours", () => {
  expect(() => seal(random(16), "text", "it", random)).toThrow("a key has 32 bytes");
});
