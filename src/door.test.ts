import { expect, test } from "vitest";
import { doorOf, mustHavePasswords } from "./door.ts";

const NOTHING = { tls: null, behindProxy: [], insecureLan: false };
const TLS = { cert: "cert.pem", key: "key.pem" };

test.each(["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1", "localhost"])("%s asks for nothing", async (host) => {
  expect(await doorOf({ ...NOTHING, host })).toBe("loopback");
});

test.each(["0.0.0.0", "::", "10.0.0.5", "fd00::5", "::ffff:10.0.0.5"])(
  "F16 %s is refused with the three ways that there are, a line for each",
  async (host) => {
    const refused = await doorOf({ ...NOTHING, host }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "invalid_input", message: expect.stringContaining(host) });
    expect((refused as { hint: string }).hint.split("\n")).toEqual([
      "one of",
      expect.stringContaining("SPARKY_TLS_CERT and SPARKY_TLS_KEY"),
      expect.stringContaining("--behind-proxy"),
      expect.stringContaining("--insecure-lan"),
    ]);
  },
);

test("each way lets it listen beyond this machine, and passwords are asked for by TLS alone", async () => {
  const host = "0.0.0.0";
  expect(await doorOf({ ...NOTHING, host, tls: TLS })).toBe("tls");
  expect(await doorOf({ ...NOTHING, host, behindProxy: ["loopback"] })).toBe("proxy");
  expect(await doorOf({ ...NOTHING, host, insecureLan: true })).toBe("open");
  expect(await doorOf({ ...NOTHING, host, tls: TLS, behindProxy: ["loopback"] })).toBe("proxy");
  mustHavePasswords(host, []);
  expect(() => mustHavePasswords(host, ["owner", "ann"])).toThrow(/no password is set for owner, ann$/);
});
