import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Log } from "../../../src/core/log.ts";
import type { Store } from "../../../src/store/database/store.ts";
import type { User } from "../../../src/store/people/user.ts";
import { McpDesk } from "../../../src/worker/mcp/desk.ts";
import { openWeb } from "./open-web.ts";
import { sandboxOf } from "../sandbox.ts";
import { tempHome } from "../temp-home.ts";

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Over a home with an `mcp.json` of these servers; ended with the test. */
export async function deskOf(store: Store, ownerId: string, servers: object, base: string | null = null) {
  const home = await tempHome();
  const write = (file: object | string) =>
    writeFile(join(home, "mcp.json"), typeof file === "string" ? file : JSON.stringify(file));
  await write({ mcpServers: servers });
  const desk = new McpDesk({
    store,
    ownerId,
    home,
    shippedPrompts: join(import.meta.dirname, "../../../prompts/offered"),
    log: quiet,
    version: "0",
    workspaces: join(home, "workspace"),
    environment: { PATH: process.env["PATH"] ?? "" },
    sandbox: sandboxOf(home),
    lookup: () => undefined,
    web: openWeb,
    base: () => base,
  });
  onTestFinished(() => desk[Symbol.asyncDispose]());
  const names = async (userId: string) => (await desk.toolsFor({ userId })).map(({ name }) => name);
  return { desk, home, write, names };
}

export const person = ({ id }: User) => ({ userId: id });
