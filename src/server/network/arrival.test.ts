import { expect, test } from "vitest";
import { arrivals } from "./arrival.ts";

const PEER = { address: "10.0.0.2", host: "127.0.0.1:8000", encrypted: false };
const SENT = {
  "x-forwarded-for": "198.51.100.7, 203.0.113.9",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "sparky.example",
};

const came = (proxies: readonly string[], address: string, sent: { readonly [name: string]: string } = SENT) =>
  arrivals(proxies)({ ...PEER, address }, (name) => sent[name] ?? null);

const FORWARDED = { address: "203.0.113.9", host: "sparky.example", encrypted: true };

test.each([
  { who: "the proxy that is named", proxies: ["10.0.0.2"], from: "10.0.0.2" },
  { who: "one of its range", proxies: ["10.0.0.0/8"], from: "10.0.0.2" },
  { who: "one where every address is listened on", proxies: ["10.0.0.2"], from: "::ffff:10.0.0.2" },
  { who: "one of an IPv6 range", proxies: ["fd00::/8"], from: "fd12::1" },
  { who: "one on this machine", proxies: ["loopback"], from: "127.0.0.1" },
  { who: "one on this machine by IPv6", proxies: ["10.0.0.2", "loopback"], from: "::1" },
])("$who is believed", ({ proxies, from }) => {
  expect(came(proxies, from)).toEqual(FORWARDED);
});

test.each([
  { who: "anybody where none is named", proxies: [], from: "127.0.0.1" },
  { who: "an address beside the one that is named", proxies: ["10.0.0.2"], from: "10.0.0.3" },
  { who: "one beyond the range", proxies: ["10.0.0.0/24"], from: "10.0.1.2" },
  { who: "another machine where it is this one", proxies: ["loopback"], from: "10.0.0.2" },
  { who: "a caller in this process", proxies: ["loopback"], from: "" },
])("F16 what $who forwards counts for nothing", ({ proxies, from }) => {
  expect(came(proxies, from)).toEqual({ ...PEER, address: from });
});

test.each([
  { what: "what stands before the nearest caller", forwarded: "1.2.3.4, 5.6.7.8", is: "5.6.7.8" },
  { what: "proxies that are named themselves", forwarded: "5.6.7.8, 10.0.0.9, 10.0.0.8", is: "5.6.7.8" },
  { what: "a port", forwarded: "5.6.7.8:4711", is: "5.6.7.8" },
  { what: "brackets and a port", forwarded: "[2001:db8::1]:4711", is: "2001:db8::1" },
  { what: "an IPv4 address as IPv6", forwarded: "::ffff:5.6.7.8", is: "5.6.7.8" },
  { what: "blanks", forwarded: "  5.6.7.8 ", is: "5.6.7.8" },
  { what: "no address at all", forwarded: "unknown", is: "10.0.0.2" },
  { what: "what is no address before one", forwarded: "<script>, 5.6.7.8", is: "5.6.7.8" },
  { what: "what is no address behind one", forwarded: "5.6.7.8, nonsense", is: "10.0.0.2" },
  { what: "proxies alone", forwarded: "10.0.0.9, 10.0.0.8", is: "10.0.0.9" },
  { what: "nothing", forwarded: "", is: "10.0.0.2" },
])("of X-Forwarded-For with $what the caller is $is", ({ forwarded, is }) => {
  expect(came(["10.0.0.0/24"], "10.0.0.2", { "x-forwarded-for": forwarded }).address).toBe(is);
});

test("what a proxy does not say is as the connection is", () => {
  expect(came(["10.0.0.2"], "10.0.0.2", {})).toEqual(PEER);
  expect(came(["10.0.0.2"], "10.0.0.2", { "x-forwarded-proto": "HTTPS, http" }).encrypted).toBe(true);
  expect(came(["10.0.0.2"], "10.0.0.2", { "x-forwarded-proto": "http, https" }).encrypted).toBe(false);
});
