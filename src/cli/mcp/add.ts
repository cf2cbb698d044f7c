import { isSparkyError } from "../../core/errors.ts";
import { shellWord } from "../../core/shell-word.ts";
import { readNamedFile } from "../../named-file.ts";
import type { McpServers } from "../../wire/mcp.ts";
import type { Context } from "../command/context.ts";
import { usage } from "../console/failure.ts";
import { showServers } from "./show.ts";

export interface AddOptions {
  readonly url?: string;
  readonly header?: readonly string[];
  readonly env?: readonly string[];
  readonly policy?: string;
  readonly shared?: true;
  readonly sandbox?: true;
  readonly network?: true;
  readonly read?: readonly string[];
}

export async function addServer(context: Context, args: readonly string[], options: AddOptions): Promise<void> {
  const [name = "", command, ...rest] = args;
  const { header, env, policy, shared, sandbox, network, read } = options;
  const isAddress = command !== undefined && rest.length === 0 && /^https?:\/\//i.test(command);
  const url = options.url ?? (isAddress ? command : undefined);
  const program = isAddress ? undefined : command;
  if ((program === undefined) === (url === undefined) || (isAddress && options.url !== undefined)) {
    const word = shellWord(name);
    const hint = `sparky mcp add ${word} -- npx -y a-server, or sparky mcp add ${word} https://host/mcp`;
    throw usage("give either the command that starts it, behind --, or its address", hint);
  }
  if (sandbox === undefined && (network !== undefined || read !== undefined)) {
    throw usage("--network and --read say what a sandbox lets in", `sparky mcp add ${name} --sandbox …`);
  }
  const server = {
    ...(program === undefined ? { type: "http", url } : { command: program, args: rest }),
    ...(header !== undefined && { headers: pairs(header, ":", "--header 'Name: value'") }),
    ...(env !== undefined && { env: pairs(env, "=", "--env NAME=value") }),
    ...(policy !== undefined && { policy }),
    ...(shared && { shared }),
    ...(sandbox && { sandbox }),
    ...(network && { network }),
    ...(read !== undefined && { read }),
  };
  await send(context, JSON.stringify({ mcpServers: { [name]: server } }));
}

export async function importServers(context: Context, args: readonly string[]): Promise<void> {
  const [file] = args;
  if (file === undefined && context.io.stdinIsTerminal) {
    throw usage("there is no file, and nothing comes in on stdin", "sparky mcp import servers.json");
  }
  await send(context, file === undefined ? await context.io.readInput() : textOf(file));
}

async function send(context: Context, text: string): Promise<void> {
  const { out } = context;
  const added = await (await context.client("any")).request<McpServers>("POST", "/api/mcp/servers", { text });
  if (out.json) return out.document(added);
  showServers(context, added.items);
  const [first] = added.items;
  if (first !== undefined) out.note(`  in ${added.file}; look at its tools: sparky mcp test ${shellWord(first.name)}`);
}

function pairs(lines: readonly string[], mark: string, form: string): { readonly [name: string]: string } {
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(mark);
      if (at < 1) throw usage(`${JSON.stringify(line)} is not a name, ${mark} and a value`, form);
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}

function textOf(file: string): string {
  try {
    return readNamedFile(file);
  } catch (error) {
    if (isSparkyError(error)) throw usage(error.message, error.hint);
    const { code, message } = error as NodeJS.ErrnoException;
    throw usage(code === "ENOENT" ? `${file} does not exist` : `${file} cannot be read: ${message}`);
  }
}
