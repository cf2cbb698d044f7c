import { once } from "node:events";
import { request } from "node:https";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { certificateFiles } from "../../../test/kit/certificate-files.ts";
import { chatServer, SECRET } from "../../../test/kit/chat-server.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { otherSelfSigned, selfSigned } from "../../../test/kit/self-signed.ts";
import { formOf } from "../../../test/kit/sign-in.ts";
import { socketClient } from "../../../test/kit/socket-client.ts";
import { Certificate } from "../../certificate.ts";
import { cookiePrefix } from "../sign-in/session-cookie.ts";

/** A server that shows a certificate, and what is asked of it over real connections. */

interface Asked {
  readonly headers?: Record<string, string>;
  readonly method?: string;
  readonly body?: string;
}

const trusted = [selfSigned.cert, otherSelfSigned.cert];

async function scene() {
  const files = await certificateFiles();
  const app = await chatServer(await sqlite.store(), { tls: new Certificate(files) });
  const url = await app.listen();
  /** By whichever name the certificate has; each on a connection of its own. */
  const ask = (path: string, { method = "GET", headers = {}, body = "" }: Asked = {}) =>
    new Promise<{ status: number; cookies: readonly string[]; text: string; certificate: string }>(
      (resolve, reject) => {
        const options = { method, headers, agent: false, ca: trusted, checkServerIdentity: () => undefined } as const;
        const sent = request(`${url}${path}`, options, (answer) => {
          const { fingerprint256 } = (answer.socket as ReturnType<typeof connectTls>).getPeerCertificate();
          let text = "";
          answer.setEncoding("utf8").on("data", (part: string) => (text += part));
          answer.on("end", () => {
            const cookies = answer.headers["set-cookie"] ?? [];
            resolve({ status: answer.statusCode ?? 0, cookies, text, certificate: fingerprint256 });
          });
        });
        sent.on("error", reject).end(body);
      },
    );
  const signIn = async (): Promise<string> => {
    const link = new URL((await app.server.createLoginLink(app.people.owner)).url);
    const page = await ask(link.pathname + link.search);
    const { csrf_token, cookie } = formOf(page.text, page.cookies);
    const body = new URLSearchParams({ token: link.searchParams.get("token") ?? "", csrf_token }).toString();
    return (await ask("/login", { method: "POST", headers: { cookie }, body })).cookies[0] ?? "";
  };
  return { ...app, url, files, ask, signIn };
}

test("it is reached by https, and its links say so", async () => {
  const { url, ask, server, people } = await scene();
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect((await ask("/health")).status).toBe(200);
  expect((await server.createLoginLink(people.owner)).url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/login\?token=/);
});

test("F106 a session's cookie is one that no other way could have set, and no other counts", async () => {
  const { ask, signIn } = await scene();
  const set = await signIn();
  expect(set).toMatch(new RegExp(`^__Host-${cookiePrefix(SECRET)}\\.session_token=`));
  const attributes = set
    .split("; ")
    .slice(1)
    .map((each) => each.toLowerCase());
  expect(attributes.toSorted()).toEqual([
    "httponly",
    expect.stringMatching(/^max-age=\d+$/),
    "path=/",
    "samesite=lax",
    "secure",
  ]);
  const cookie = set.split(";")[0] ?? "";
  expect((await ask("/api/me", { headers: { cookie } })).status).toBe(200);
  // As another host of the same site, or whoever is in the way of plain HTTP, could have set it.
  const foreign = cookie.replace("__Host-", "");
  expect((await ask("/api/me", { headers: { cookie: foreign } })).status).toBe(401);
  expect((await ask("/api/me", { headers: { cookie: `${foreign}x; ${cookie}` } })).status).toBe(200);
});

test("signing out takes the cookie back under its own name, and ends the session", async () => {
  const { ask, signIn } = await scene();
  const cookie = (await signIn()).split(";")[0] ?? "";
  const out = await ask("/api/sign-out", { method: "POST", headers: { cookie } });
  expect(out.status).toBe(204);
  const [taken] = out.cookies.filter((each) => each.includes("session_token="));
  expect(taken).toMatch(/^__Host-.*session_token=; .*Max-Age=0/);
  expect((await ask("/api/me", { headers: { cookie } })).status).toBe(401);
});

test("sockets work on it, by a cookie and by a token", async () => {
  const { url, signIn, token, people } = await scene();
  const cookie = (await signIn()).split(";")[0] ?? "";
  const options = { ca: trusted, headers: { cookie, origin: url } };
  const browser = await socketClient(url, options);
  browser.send({ type: "hello", v: 1 });
  expect((await browser.first("welcome")).user.name).toBe("owner");
  const program = await socketClient(url, { ca: trusted });
  program.send({ type: "hello", v: 1, token: await token(people.ann) });
  expect((await program.first("welcome")).user.name).toBe("ann");
});

test("a certificate that was renewed is shown to the next who connects, and who is there stays", async () => {
  const { url, files, ask, token, people } = await scene();
  const stays = await socketClient(url, { ca: trusted });
  stays.send({ type: "hello", v: 1, token: await token(people.ann) });
  await stays.first("welcome");
  const before = (await ask("/health")).certificate;
  files.write({ cert: otherSelfSigned.cert, key: selfSigned.key });
  expect((await ask("/health")).certificate).toBe(before);
  files.write(otherSelfSigned);
  const after = await ask("/health");
  expect(after.status).toBe(200);
  expect(after.certificate).not.toBe(before);
  stays.send({ type: "subscribe", sub: "s", chatId: "nope", after: 0 });
  expect(await stays.first("error")).toMatchObject({ code: "not_found" });
});

test("who speaks plain HTTP gets nothing, and who says nothing keeps it from no end", async () => {
  const { url, server, ask } = await scene();
  await expect(fetch(`${url.replace("https", "http")}/health`)).rejects.toThrow();
  const silent = connect(Number(new URL(url).port), "127.0.0.1");
  onTestFinished(() => void silent.destroy());
  await once(silent, "connect");
  expect((await ask("/health")).status).toBe(200);
  const gone = once(silent, "close");
  silent.resume().on("error", () => {});
  await server.close();
  await gone;
});
