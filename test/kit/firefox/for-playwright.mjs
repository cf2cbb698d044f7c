#!/usr/bin/env node
// Firefox as Playwright's BiDi driver can use it: the same arguments and output, but behind a relay of ours that answers
// the one command this Firefox does not know (emulation of media features) as if it were done.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import WebSocket, { WebSocketServer } from "ws";

const UNKNOWN = "emulation.setMediaFeaturesOverride";
const firefox = spawn(process.env.FIREFOX, process.argv.slice(2), { stdio: ["ignore", "inherit", "pipe"] });
firefox.once("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
firefox.once("exit", (code) => process.exit(code ?? 1));
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => firefox.kill(signal));

createInterface({ input: firefox.stderr }).on("line", (line) => {
  const address = /^WebDriver BiDi listening on (ws:\/\/\S+)$/.exec(line)?.[1];
  if (address === undefined) process.stderr.write(`${line}\n`);
  else relay(address);
});

/** Listens on a port of its own and says so in Firefox's place. */
function relay(address) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, maxPayload: 256 * 1024 * 1024 });
  server.on("connection", (client, { url }) => {
    const browser = new WebSocket(address + url, { maxPayload: 256 * 1024 * 1024 });
    const early = [];
    browser.on("open", () => early.splice(0).forEach((text) => browser.send(text)));
    browser.on("message", (data) => client.send(data.toString()));
    client.on("message", (data) => {
      const text = data.toString();
      const { id, method } = JSON.parse(text);
      if (method === UNKNOWN) client.send(JSON.stringify({ type: "success", id, result: {} }));
      else if (browser.readyState === WebSocket.OPEN) browser.send(text);
      else early.push(text);
    });
    client.on("close", () => browser.close());
    browser.on("close", () => client.close());
    for (const socket of [client, browser]) socket.on("error", () => socket.terminate());
  });
  server.on("listening", () =>
    process.stderr.write(`WebDriver BiDi listening on ws://127.0.0.1:${server.address().port}\n`),
  );
}
