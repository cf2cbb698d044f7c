import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { runConformanceTests } from "@durable-streams/server-conformance-tests";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { rawStreams } from "../../../test/kit/raw-streams.ts";

/**
 * The protocol's own suite against the product's handler. Its tests make their streams themselves, so a small write
 * endpoint of the test kit stands beside the handler; what only tests writing is left out, and named here. Its tests of
 * subscriptions, an extension, are off unless asked for.
 */
const LEFT_OUT: { readonly [group: string]: string } = {
  "Basic Stream Operations": "creating and deleting streams: the endpoint of the test kit",
  "Append Operations": "appending: the endpoint of the test kit",
  "TTL and Expiry Validation": "a chat does not expire",
  "TTL and Expiry Edge Cases": "a chat does not expire",
  "TTL Expiration Behavior": "a chat does not expire",
  "HEAD Metadata Edge Cases": "a chat does not expire",
  "Idempotent Producer Operations": "a chat is not written by this protocol",
  "Stream Closure": "a chat's log is never closed",
  "Fork - Creation": "a chat's log is not forked",
  "Fork - Reading": "a chat's log is not forked",
  "Fork - Appending": "a chat's log is not forked",
  "Fork - Recursive": "a chat's log is not forked",
  "Fork - Live Modes": "a chat's log is not forked",
  "Fork - Deletion and Lifecycle": "a chat's log is not forked",
  "Fork - TTL and Expiry": "a chat's log is not forked",
  "Fork - JSON Mode": "a chat's log is not forked",
  "Fork - Edge Cases": "a chat's log is not forked",
  "should allow If-None-Match in CORS preflight responses": "no other site may read this server",
};

const leftOut = new Map<string, number>();
let ran = 0;

describe("Durable Streams, the read path", () => {
  const config = { baseUrl: "", longPollTimeoutMs: 5000 };
  const streams = rawStreams({ longPollMs: 500 });
  const listener = getRequestListener((request) => streams.answer(request), { overrideGlobalObjects: false });
  const server = createServer((request, response) => void listener(request, response));

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    // A server that listens on a port always has an address and a port.
    config.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const reasons = [...leftOut].map(([name, count]) => `  ${name} (${count}): ${LEFT_OUT[name]}`);
    process.stdout.write(`Durable Streams conformance: ${ran} tests ran; left out:\n${reasons.join("\n")}\n`);
  });

  beforeEach(({ task, skip, onTestFinished }) => {
    // Some of its tests leave their events running.
    onTestFinished(() => streams.endAnswers());
    let suite = task.suite;
    while (suite?.suite?.suite !== undefined) suite = suite.suite;
    const name = [task.name, suite?.name ?? ""].find((each) => each in LEFT_OUT);
    if (name === undefined) return void ran++;
    leftOut.set(name, (leftOut.get(name) ?? 0) + 1);
    skip(LEFT_OUT[name]);
  });

  runConformanceTests(config);
});

test("the suite still has what is left out, and has run what is not", () => {
  expect([...leftOut.keys()].sort()).toEqual(Object.keys(LEFT_OUT).sort());
  expect(ran).toBeGreaterThan(100);
});
