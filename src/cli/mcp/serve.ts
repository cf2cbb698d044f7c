import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { sparkyServer } from "../../mcp-server/server.ts";
import type { Api } from "../../mcp-server/tool.ts";
import { networkClient } from "../client/client.ts";
import { currentEndpoint } from "../client/connect.ts";
import type { Context } from "../command/context.ts";
import { notRunning } from "../console/failure.ts";

/** A longer message is nobody's: reading it would take a long time. */
const MAX_MESSAGE_BYTES = 1_048_576;

/** Speaks the protocol on stdin and stdout until the other side hangs up; a client of the server like any other command. */
export async function serveMcp(context: Context): Promise<void> {
  const { deps, io } = context;
  const config = await context.config();
  // Says at once what to do when there is none.
  await context.client("server");
  const api: Api = {
    async request(method, path, body) {
      // Looked for each time: a server that was started anew is another.
      const endpoint = await currentEndpoint(deps, config);
      if (endpoint === null) throw notRunning(`no server is running on ${config.home}`);
      return networkClient(endpoint).request(method, path, body);
    },
  };
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const { stdin, stdout } = process;
  const released = [io.onSignal("SIGINT", resolve), io.onSignal("SIGTERM", resolve)];
  for (const event of ["end", "close", "error"]) stdin.once(event, () => resolve());
  const transport = new StdioServerTransport(stdin, stdout, { maxBufferSize: MAX_MESSAGE_BYTES });
  const served = serveStdio(() => sparkyServer(api, deps.version), {
    transport,
    onerror: (error) => io.stderr.write(`${error.message}\n`),
  });
  await over;
  await served.close();
  for (const release of released) release();
}
