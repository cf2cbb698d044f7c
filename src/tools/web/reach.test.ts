import type { LookupFunction } from "node:net";
import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { accessTo, callTool, webServer } from "../../../test/kit/web-pages.ts";
import { proxyFor } from "./proxies.ts";
import { isPublic } from "./reach.ts";
import { webFetch } from "./web-fetch.ts";

const NOT_PUBLIC = /is no public address, so it is not fetched; .*SPARKY_WEB_HOSTS/;

test.each([
  "http://127.0.0.1/",
  "http://2130706433/",
  "http://0x7f000001/",
  "http://0x7f.1/",
  "http://0177.0.0.1/",
  "http://127.1/",
  "http://①②⑦.⓪.⓪.①/",
  "http://localhost/",
  "http://localhost./",
  "http://a.localhost/",
  "http://0.0.0.0/",
  "http://[::]/",
  "http://[::1]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[::ffff:7f00:1]/",
  "http://[::127.0.0.1]/",
  "http://[64:ff9b::7f00:1]/",
  "http://[2002:7f00:1::]/",
  "http://[fe80::1]/",
  "http://[fd00::1]/",
  "http://10.0.0.1/",
  "http://172.16.0.1/",
  "http://192.168.1.1/",
  "http://100.64.0.1/",
  "http://169.254.169.254/latest/meta-data/",
  "http://[fd00:ec2::254]/",
  "http://224.0.0.1/",
  "http://255.255.255.255/",
])("%s is not fetched, however it is written", async (url) => {
  await expect(callTool(webFetch(accessTo([])), { url })).rejects.toThrow(NOT_PUBLIC);
});

test("public addresses may be reached, and what only looks like one may not", () => {
  expect(["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"].filter(isPublic)).toHaveLength(3);
  expect(["", "localhost", "::ffff:10.0.0.1", "fe80::1%eth0", "2001:db8::1", "192.0.2.1"].filter(isPublic)).toEqual([]);
});

test.each([
  ["file:///etc/passwd", /file: addresses are not fetched/],
  ["ftp://example.org/", /ftp: addresses are not fetched/],
  ["http://ann:secret@example.org/", /an address with a user or a password/],
  ["example.org", /is no address: it begins with https/],
])("%s is refused", async (url, why) => {
  await expect(callTool(webFetch(accessTo([])), { url })).rejects.toThrow(why);
});

/** Names as a server of names gives them, each time the next answer. */
function names(answers: { readonly [name: string]: readonly (readonly string[])[] }) {
  const asked: string[] = [];
  const lookup: LookupFunction = (hostname, options, callback) => {
    const rows = answers[hostname] ?? [];
    const row = rows[Math.min(asked.filter((name) => name === hostname).length, rows.length - 1)] ?? [];
    asked.push(hostname);
    const found = row.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    if (options.all) callback(null, found);
    else callback(null, found[0]?.address ?? "", found[0]?.family ?? 4);
  };
  return { lookup, asked };
}

test("a name that leads to an inner address is not fetched, not even with one that is public in front", async () => {
  const { lookup } = names({ "evil.example": [["127.0.0.1"]], "two.example": [["10.0.0.1", "::1"]] });
  const tool = webFetch(accessTo([], { lookup }));
  for (const url of ["http://evil.example/", "https://two.example/"]) {
    await expect(callTool(tool, { url })).rejects.toThrow(NOT_PUBLIC);
  }
});

test("a name is looked up once for a connection, so that it cannot say one thing to the check and another to it", async () => {
  let hits = 0;
  const host = await webServer((_, response) => {
    hits++;
    response.end("inside");
  });
  const port = host.split(":")[1];
  // Another answer each time: the one that a connection is made by is the one that is judged.
  const { lookup, asked } = names({ "moving.example": [["192.0.2.1"], ["127.0.0.1"], ["::1"]] });
  const tool = webFetch(accessTo([], { lookup }));
  for (let at = 0; at < 3; at++) {
    await expect(callTool(tool, { url: `http://moving.example:${port}/` })).rejects.toThrow(NOT_PUBLIC);
  }
  expect(asked).toEqual(["moving.example", "moving.example", "moving.example"]);
  expect(hits).toBe(0);
});

test("each redirect is checked as the first address is", async () => {
  const inner = await webServer((_, response) => void response.end("secret"));
  for (const to of ["http://169.254.169.254/latest/meta-data/", `http://${inner}/`, "file:///etc/passwd"]) {
    const host = await webServer((_, response) => void response.writeHead(302, { location: to }).end());
    const call = callTool(webFetch(accessTo([host])), { url: `http://${host}/` });
    await expect(call).rejects.toThrow(to.startsWith("file") ? /file: addresses are not fetched/ : NOT_PUBLIC);
  }
});

test("what the operator names is reached, at the named port only, and Sparky itself never", async () => {
  const host = await webServer(
    (_, response) => void response.setHeader("content-type", "text/plain").end("of the house"),
  );
  const [name = "", port] = host.split(":");
  const url = `http://${host}/`;
  expect(await callTool(webFetch(accessTo([host])), { url })).toMatchObject({ text: "of the house" });
  expect(await callTool(webFetch(accessTo([name])), { url })).toMatchObject({ text: "of the house" });
  await expect(callTool(webFetch(accessTo([`${name}:1`])), { url })).rejects.toThrow(NOT_PUBLIC);
  const own = accessTo([host, name, "localhost", "inner.example"], {
    ownPort: () => Number(port),
    lookup: names({ "inner.example": [["127.0.0.1"]] }).lookup,
  });
  for (const way of [name, "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "inner.example"]) {
    await expect(callTool(webFetch(own), { url: `http://${way}:${port}/` })).rejects.toThrow(
      /is this Sparky itself|no public/,
    );
  }
  const outer = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  for (const { address, family } of outer.filter((each) => each.family === "IPv4")) {
    expect(family).toBe("IPv4");
    const call = callTool(webFetch(accessTo([address], { ownPort: () => Number(port) })), {
      url: `http://${address}:${port}/`,
    });
    await expect(call).rejects.toThrow(/is this Sparky itself/);
  }
});

test.each([
  ["http://example.org/", "http://proxy:3128"],
  ["https://example.org/", "http://proxy:3129"],
  ["https://inner.corp/", null],
  ["https://a.inner.corp/", null],
  ["https://notinner.corp/", "http://proxy:3129"],
  ["https://half.example:8443/", null],
  ["https://half.example/", "http://proxy:3129"],
  ["http://localhost:8000/", null],
  ["http://127.0.0.2/", null],
  ["http://[::1]/", null],
])("%s goes through the proxy %s", (url, proxy) => {
  const proxies = { http: "http://proxy:3128", https: "http://proxy:3129", none: [".inner.corp", "half.example:8443"] };
  expect(proxyFor(proxies, new URL(url))).toBe(proxy);
  expect(proxyFor({ ...proxies, none: ["*"] }, new URL(url))).toBe(null);
});

test("a proxy is asked for what is outside, and never for what leads inside", async () => {
  const asked: string[] = [];
  const proxy = await webServer((request, response) => {
    asked.push(request.url ?? "");
    response.setHeader("content-type", "text/plain").end("by the proxy");
  });
  const inside = await webServer((_, response) => void response.setHeader("content-type", "text/plain").end("direct"));
  const { lookup } = names({ "inner.example": [["10.0.0.1"]], "outer.example": [["8.8.8.8"]] });
  const proxies = { http: `http://${proxy}`, https: null, none: [] };
  const tool = webFetch({ ...accessTo([inside], { lookup }), proxies });
  expect(await callTool(tool, { url: "http://outer.example/a" })).toMatchObject({ text: "by the proxy" });
  // No name that is known here: the proxy knows more of the world.
  expect(await callTool(tool, { url: "http://unknown.example/b" })).toMatchObject({ text: "by the proxy" });
  expect(await callTool(tool, { url: `http://${inside}/` })).toMatchObject({ text: "direct" });
  await expect(callTool(tool, { url: "http://inner.example/" })).rejects.toThrow(NOT_PUBLIC);
  await expect(callTool(tool, { url: "http://192.168.0.1/" })).rejects.toThrow(NOT_PUBLIC);
  expect(asked).toEqual(["http://outer.example/a", "http://unknown.example/b"]);
});
