import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test as base } from "vitest";
import { certificateFiles } from "../../test/kit/certificate-files.ts";
import { expiredSelfSigned, otherSelfSigned, selfSigned } from "../../test/kit/self-signed.ts";
import { shell, type Shell } from "../../test/kit/shell.ts";
import { homeState } from "../store/home/lock.ts";

/** How far the server may be reached, as processes show it. None of them listens beyond loopback. */

const test = (name: string, body: (at: Shell) => Promise<void>): void =>
  base(name, { timeout: 120_000 }, async () => body(await shell()));

const variables = (files: { readonly cert: string; readonly key: string }) => ({
  SPARKY_TLS_CERT: files.cert,
  SPARKY_TLS_KEY: files.key,
});

test("F16 beyond loopback the start is refused with the three ways, and nothing is made", async (at) => {
  const [foreground, json] = await Promise.all([
    at.start(["chat", "start", "--host", "0.0.0.0"]).ended,
    at.start(["chat", "start", "--json"], { SPARKY_HOST: "::" }).ended,
  ]);
  expect(foreground).toEqual({
    exit: 1,
    stdout: "",
    stderr: [
      "error: other machines can reach 0.0.0.0, and nothing keeps them from reading what is sent",
      "  try: one of",
      "       SPARKY_TLS_CERT and SPARKY_TLS_KEY, and a password for each account: sparky user set-password NAME",
      "       --behind-proxy, or SPARKY_BEHIND_PROXY, where a proxy in front of it does TLS",
      "       --insecure-lan, or SPARKY_INSECURE_LAN=yes, where all who share the network may read along",
      "",
    ].join("\n"),
  });
  expect(json).toMatchObject({ exit: 1, stdout: "" });
  expect(json.stderr).toMatch(/^\{"error":\{"code":"invalid_input","message":"other machines can reach ::, /);
  expect([existsSync(join(at.home, "sparky.db")), homeState(at.home).held]).toEqual([false, false]);
});

test("F16 by TLS it is refused as long as an account has no password, which is named", async (at) => {
  const env = variables(await certificateFiles());
  const refused = await at.start(["chat", "start", "--host", "0.0.0.0"], env).ended;
  expect(refused).toMatchObject({ exit: 1, stdout: "" });
  expect(refused.stderr).toContain("other machines can reach 0.0.0.0, and no password is set for owner\n");
  expect([existsSync(join(at.home, "server.json")), homeState(at.home).held]).toEqual([false, false]);
});

test("a certificate that does not fit its key, or half of the two, starts nothing", async (at) => {
  const files = await certificateFiles({ cert: selfSigned.cert, key: otherSelfSigned.key });
  const [unfit, half] = await Promise.all([
    at.start(["chat", "start"], variables(files)).ended,
    at.start(["chat", "start"], { SPARKY_TLS_CERT: files.cert }).ended,
  ]);
  expect([unfit.exit, half.exit]).toEqual([1, 1]);
  expect(unfit.stderr).toMatch(
    /^error: the key in .*key\.pem is not that of the certificate in .*cert\.pem\n {2}try: /,
  );
  expect(half.stderr).toContain("SPARKY_TLS_CERT is set, and SPARKY_TLS_KEY is not");
  expect(existsSync(join(at.home, "sparky.db"))).toBe(false);
});

test("commands of the machine speak TLS with it, whatever its certificate is, and go on when that is renewed", async (at) => {
  const files = await certificateFiles(expiredSelfSigned);
  const env = variables(files);
  const sparky = (...args: string[]) => at.start(args, env).ended;
  const server = at.start(["chat", "start"], env);
  await server.says("Sign in, once: https://127.0.0.1:");
  expect(await sparky("agent", "tasks", "add", "say hello")).toMatchObject({ exit: 0 });
  const shown = (): unknown =>
    (JSON.parse(readFileSync(join(at.home, "server.json"), "utf8")) as { certificate: unknown }).certificate;
  const before = shown();
  files.write(otherSelfSigned);
  expect(await sparky("chat", "send", "hello")).toMatchObject({ exit: 0 });
  expect([typeof before, shown()]).toEqual(["string", expect.not.stringMatching(String(before))]);
  expect(await sparky("chat", "stop")).toMatchObject({ exit: 0 });
  const { stderr } = await server.ended;
  expect(stderr).toContain("browsers warn of the certificate: it ended on 2020-01-02");
  expect(stderr).toContain("the certificate was renewed");
});
