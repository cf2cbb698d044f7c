import { expect, test } from "vitest";
import { certificateFiles } from "../../../test/kit/certificate-files.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { expiredSelfSigned, otherSelfSigned, selfSigned } from "../../../test/kit/self-signed.ts";
import { Certificate } from "../../certificate.ts";
import { isUnreachable, networkClient } from "./client.ts";
import { openSocket } from "./socket.ts";

/** A command and a server of the same home: the home says which certificate that server shows. */

async function scene(pair: { readonly cert: string; readonly key: string }) {
  const certificate = new Certificate(await certificateFiles(pair));
  const app = await chatServer(await sqlite.store(), { tls: certificate });
  const place = { url: await app.listen(), token: await app.token(app.people.ann) };
  return { ...app, place, fingerprint: certificate.pair.fingerprint };
}

test.each([
  { what: "that nobody has signed", pair: selfSigned },
  { what: "for another name", pair: otherSelfSigned },
  { what: "that has ended", pair: expiredSelfSigned },
])("a certificate $what is the server's, where the home says so: over HTTP and sockets", async ({ pair }) => {
  const { place, fingerprint, people } = await scene(pair);
  const endpoint = { ...place, certificate: fingerprint };
  expect(await networkClient(endpoint).request("GET", "/api/me")).toMatchObject({ name: "ann" });
  const socket = openSocket(endpoint, new AbortController().signal);
  for await (const frame of socket.frames) {
    expect(frame).toMatchObject({ type: "welcome", user: { name: people.ann.name } });
    break;
  }
});

test("F17 to a server with another certificate nothing is sent, be it trusted or not, and it counts as none", async () => {
  const { place, logged } = await scene(selfSigned);
  const { fingerprint } = await scene(otherSelfSigned);
  const endpoint = { ...place, certificate: fingerprint };
  const failed = await networkClient(endpoint)
    .request("GET", "/api/me")
    .catch((error: unknown) => error);
  expect([isUnreachable(failed), failed]).toEqual([
    true,
    expect.objectContaining({ message: expect.stringContaining("OTHER_CERTIFICATE") }),
  ]);
  const frames: unknown[] = [];
  for await (const frame of openSocket(endpoint, new AbortController().signal).frames) frames.push(frame);
  expect([frames, logged.filter(({ message }) => message === "request")]).toEqual([[], []]);
});

test("F17 elsewhere a certificate that nobody has signed is refused, with what to do", async () => {
  const { place, logged } = await scene(selfSigned);
  await expect(networkClient(place).request("GET", "/api/me")).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("self-signed certificate"),
    hint: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
  });
  expect(logged.filter(({ message }) => message === "request")).toEqual([]);
});
