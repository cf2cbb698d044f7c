import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Json } from "../../src/core/events.ts";
import type { ToolContext } from "../../src/tools/tool.ts";
import { fileTools } from "../../src/tools/files/tools.ts";
import { tempHome } from "./temp-home.ts";
import { toolContext } from "./tool-context.ts";

/** Ann's workspace, and the file tools as her run calls them: each call has an id of its own unless told otherwise. */
export async function fileScene() {
  const folder = await tempHome();
  const workspace = join(folder, "ann");
  await mkdir(workspace);
  const tools = fileTools([]);
  let calls = 0;
  const call = async (name: string, args: Json, about: Partial<ToolContext> = {}) => {
    const prepared = tools.find((tool) => tool.name === name)?.prepare(args);
    if (prepared?.ok !== true || prepared.kind !== "plain") throw new Error(`${name} cannot be run`);
    const result = await prepared.execute(toolContext({ workspace, callId: `call${calls++}`, ...about }));
    return result as { [key: string]: Json };
  };
  const write = async (name: string, text: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(workspace, name)), { recursive: true });
    await writeFile(join(workspace, name), text);
  };
  const read = (name: string): Promise<string> => readFile(join(workspace, name), "utf8");
  const versionOf = async (path: string): Promise<Json> => (await call("file_read", { path }))["version"] ?? null;
  return { folder, workspace, call, write, read, versionOf };
}
