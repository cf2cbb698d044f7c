import { once } from "node:events";
import type { Server } from "node:http";
import { onTestFinished } from "vitest";

/** Where the server listens now, on a free port of loopback; gone with what it still answers when the test ends. */
export async function onLoopback(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}
