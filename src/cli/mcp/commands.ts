import type { Command } from "commander";
import { group, oneOf, repeated, verb, type Execute } from "../command/command.ts";
import type { AddOptions } from "./add.ts";

const NAME = { name: "the server's name, as `sparky mcp list` shows it" };

export function addMcpCommands(program: Command, execute: Execute): void {
  const mcp = group(program, "mcp", {
    summary: "Servers that give the agent more tools (Model Context Protocol).",
    examples: ["sparky mcp list", "sparky mcp import servers.json", "sparky mcp tools"],
  });
  verb(mcp, execute, "list", {
    summary: "List the servers of mcp.json with their state, and what is wrong with one.",
    examples: ["sparky mcp list", "sparky mcp list --json"],
    run: async (context) => (await import("./show.ts")).listServers(context),
  });
  verb(mcp, execute, "add <name> [command...]", {
    summary: "Add a server: the command that starts it behind --, or its address.",
    examples: [
      "sparky mcp add memory -- npx -y @modelcontextprotocol/server-memory",
      "sparky mcp add ours --sandbox --read /srv/ours -- node /srv/ours/server.js",
      "sparky mcp add docs https://docs.example.com/mcp --header 'Authorization: Bearer ${DOCS_TOKEN}'",
    ],
    args: {
      name: "what to call it",
      command: "a program and its arguments, or an address that begins with http:// or https://",
    },
    options: [
      ["--url <url>", "its address, instead of behind its name"],
      [
        "--header <line>",
        "a header for each request, such as 'Authorization: Bearer ${TOKEN}'; may be repeated",
        repeated,
      ],
      ["-e, --env <name=value>", "a variable that it is given; may be repeated", repeated],
      ["--policy <verdict>", "its calls are asked about (default), or: allow, deny", oneOf(["ask", "allow", "deny"])],
      ["--shared", "members may use it too"],
      ["--sandbox", "closes the program in, without network, with the workspace as the only folder to write"],
      ["--network", "the network is there in its sandbox"],
      ["--read <folder>", "a folder or file that its sandbox shows too; may be repeated", repeated],
    ],
    run: async (context, args, options: AddOptions) => (await import("./add.ts")).addServer(context, args, options),
  });
  verb(mcp, execute, "import [file]", {
    summary:
      "Add the servers of a file or, without one, of stdin: JSON as servers' own pages show it, or YAML as Hermes has it.",
    examples: ["sparky mcp import servers.json", "sparky mcp import config.yaml", "sparky mcp import < servers.json"],
    args: { file: "an mcp.json of another program, or a part of one" },
    run: async (context, args) => (await import("./add.ts")).importServers(context, args),
  });
  verb(mcp, execute, "login <name>", {
    summary: "Sign in at a server elsewhere: prints the page to open in a browser on this machine.",
    examples: ["sparky mcp login docs"],
    args: NAME,
    run: async (context, args) => (await import("./change.ts")).signIn(context, args),
  });
  verb(mcp, execute, "logout <name>", {
    summary: "Sign out at a server elsewhere: what it gave is forgotten here, and no longer good there.",
    examples: ["sparky mcp logout docs"],
    args: NAME,
    run: async (context, args) => (await import("./change.ts")).signOut(context, args),
  });
  verb(mcp, execute, "remove <name>", {
    summary: "Take a server out of mcp.json and end it.",
    examples: ["sparky mcp remove docs --yes"],
    args: NAME,
    options: [["-y, --yes", "do not ask"]],
    run: async (context, args, options: { yes?: true }) =>
      (await import("./change.ts")).removeServer(context, args, options),
  });
  for (const what of ["disable", "enable"] as const) {
    verb(mcp, execute, `${what} <name>`, {
      summary: what === "enable" ? "Give a server's tools to runs again." : "End a server, and give no run its tools.",
      examples: [`sparky mcp ${what} memory`],
      args: NAME,
      run: async (context, args) => (await import("./change.ts")).switchServer(context, args, what),
    });
  }
  verb(mcp, execute, "test <name>", {
    summary: "Start a server and look at its tools (exit 1 when it cannot be reached).",
    examples: ["sparky mcp test memory", "sparky mcp test memory --json"],
    args: NAME,
    run: async (context, args) => (await import("./change.ts")).testServer(context, args),
  });
  verb(mcp, execute, "tools [name]", {
    summary: "List the tools that the next run is given, with what a model call takes for each.",
    examples: ["sparky mcp tools", "sparky mcp tools memory", "sparky mcp tools --json"],
    args: { name: "only this server's (default: all, the built-in ones too)" },
    run: async (context, args) => (await import("./show.ts")).listTools(context, args),
  });
  verb(mcp, execute, "resources [server]", {
    summary: "List what servers offer for reading: @SERVER:URI in a message gives it to the agent.",
    examples: ["sparky mcp resources", "sparky mcp resources docs --json"],
    args: { server: "only this server's (default: all whose tools were looked at)" },
    run: async (context, args) => (await import("./offers.ts")).listResources(context, args),
  });
  verb(mcp, execute, "prompts [server]", {
    summary: "List the prompts that / offers: Sparky's, yours and those of servers.",
    examples: ["sparky mcp prompts", "sparky mcp prompts docs --json"],
    args: { server: "only this server's (default: all whose tools were looked at, and the home's)" },
    run: async (context, args) => (await import("./offers.ts")).listPrompts(context, args),
  });
  verb(mcp, execute, "approve <name> [tool]", {
    summary: "Say yes to tools of a server that are new or have changed; shows how.",
    examples: ["sparky mcp approve memory --yes", "sparky mcp approve memory read_graph --yes"],
    args: { ...NAME, tool: "only this one (default: all that wait)" },
    options: [["-y, --yes", "do not ask"]],
    run: async (context, args, options: { yes?: true }) =>
      (await import("./change.ts")).decideTools(context, args, options, "approve"),
  });
  verb(mcp, execute, "refuse <name> [tool]", {
    summary: "Say no to tools of a server that are new or have changed: they wait no more until they change again.",
    examples: ["sparky mcp refuse memory --yes", "sparky mcp refuse memory read_graph --yes"],
    args: { ...NAME, tool: "only this one (default: all that wait)" },
    options: [["-y, --yes", "do not ask"]],
    run: async (context, args, options: { yes?: true }) =>
      (await import("./change.ts")).decideTools(context, args, options, "refuse"),
  });
  verb(mcp, execute, "call <name> <tool> [args]", {
    summary: "Call a tool by hand (exit 1 when it fails).",
    examples: ["sparky mcp call memory read_graph", `sparky mcp call memory search_nodes '{"query":"tea"}'`],
    args: { ...NAME, tool: "its name at the server", args: "its arguments as a JSON object (default: {})" },
    run: async (context, args) => (await import("./change.ts")).callTool(context, args),
  });
  verb(mcp, execute, "serve", {
    summary: "Be such a server: give Sparky's tasks, memory and skills to another program, over stdin and stdout.",
    examples: ["sparky mcp serve"],
    run: async (context) => (await import("./serve.ts")).serveMcp(context),
  });
  verb(mcp, execute, "logs <name>", {
    summary: "Show the end of what a server has written to its error output.",
    examples: ["sparky mcp logs memory"],
    args: NAME,
    run: async (context, args) => (await import("./show.ts")).showLog(context, args),
  });
}
