import { join } from "node:path";
import { expect, test } from "vitest";
import { tempHome } from "../test/kit/temp-home.ts";
import { loadConfig, type ConfigFlags } from "./config.ts";

async function configOf(env: { readonly [name: string]: string }, flags: ConfigFlags = {}) {
  return loadConfig({ SPARKY_HOME: await tempHome(), ...env }, flags);
}

test.each([
  { said: "loopback", is: ["loopback"] },
  { said: "yes", is: ["loopback"] },
  { said: "no", is: [] },
  { said: "10.0.0.5", is: ["10.0.0.5"] },
  { said: "172.18.0.0/16, fd00::/8 Loopback", is: ["172.18.0.0/16", "fd00::/8", "loopback"] },
])("SPARKY_BEHIND_PROXY=$said is $is, and the flag wins over it", async ({ said, is }) => {
  expect((await configOf({ SPARKY_BEHIND_PROXY: said })).behindProxy).toEqual(is);
  expect((await configOf({ SPARKY_BEHIND_PROXY: "10.9.9.9" }, { behindProxy: said })).behindProxy).toEqual(is);
});

test.each(["proxy.example", "10.0.0.0/33", "fd00::/129", "10.0.0.5/", "*", "10.0.0"])(
  "SPARKY_BEHIND_PROXY=%s names no place, and is refused",
  async (said) => {
    await expect(configOf({ SPARKY_BEHIND_PROXY: said })).rejects.toThrow(/^SPARKY_BEHIND_PROXY is .* not allowed$/);
  },
);

test("nothing is so unless it is said, and a certificate’s files are both named", async () => {
  expect(await configOf({})).toMatchObject({ tls: null, behindProxy: [], insecureLan: false });
  expect(await configOf({ SPARKY_INSECURE_LAN: "yes" })).toMatchObject({ insecureLan: true });
  expect(await configOf({}, { insecureLan: true })).toMatchObject({ insecureLan: true });
  const home = await tempHome();
  expect(await configOf({ HOME: home, SPARKY_TLS_CERT: "~/cert.pem", SPARKY_TLS_KEY: "/key.pem" })).toMatchObject({
    tls: { cert: join(home, "cert.pem"), key: "/key.pem" },
  });
  await expect(configOf({ SPARKY_TLS_KEY: "key.pem" })).rejects.toThrow(
    "SPARKY_TLS_KEY is set, and SPARKY_TLS_CERT is not",
  );
});
