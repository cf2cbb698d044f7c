import type { Command } from "commander";
import { FILE } from "../command/files.ts";
import { effortOption } from "../command/model.ts";
import { PROMPT } from "../command/prompt-words.ts";
import { group, verb, wholeNumber, type Execute } from "../command/command.ts";
import { EVENTS_OPTION } from "../command/events-option.ts";
import type { SendOptions } from "../chats/send.ts";
import type { StartOptions } from "../server/start-options.ts";
import type { TerminalOptions } from "../terminal/terminal.ts";

const port = (value: string): string => String(wholeNumber(0, 65_535)(value));

export function addChatCommands(program: Command, execute: Execute): void {
  const chat = group(program, "chat", {
    summary: "Talk with the agent in this terminal (without a command), and start and stop the server.",
    examples: [
      "sparky chat",
      "sparky chat --new",
      "sparky chat start --agent-loop",
      'sparky chat send "What is in my memory?"',
      "sparky chat stop",
    ],
  });
  verb(chat, execute, "start", {
    summary: "Start the server: web UI, API and, when asked for, the agent loop.",
    examples: [
      "sparky chat start --agent-loop",
      "SPARKY_ENABLE_AGENT_LOOP=true sparky chat start",
      "sparky chat start --daemon --port 8123",
    ],
    options: [
      ["--host <host>", "address to listen on (default: 127.0.0.1, or SPARKY_HOST)"],
      ["--port <port>", "port to listen on, 0 for any (default: 8000, or SPARKY_PORT)", port],
      ["--behind-proxy [from]", "a proxy does TLS: on this machine, or at these addresses (or SPARKY_BEHIND_PROXY)"],
      ["--insecure-lan", "listen beyond this machine though nothing keeps what is sent from others there"],
      ["--daemon", "return when the server is ready and leave it running"],
      ["--pidfile <file>", "write the server's process id there"],
      ["--agent-loop", "work on tasks (or SPARKY_ENABLE_AGENT_LOOP=true)"],
      ["--no-agent-loop", "do not work on tasks"],
      ["--open", "open the web UI, signed in"],
      ["--env-file <file>", "read settings from this file as well"],
    ],
    run: async (context, args, options: StartOptions) =>
      (await import("../server/start.ts")).startChat(context, args, options),
  });
  verb(chat, execute, "stop", {
    summary: "Stop the server; runs under way are kept and go on at the next start.",
    examples: ["sparky chat stop"],
    run: async (context) => (await import("../server/stop.ts")).stopChat(context),
  });
  verb(chat, execute, "restart", {
    summary: "Stop the server and start it again as it was started.",
    examples: ["sparky chat restart"],
    run: async (context) => (await import("../server/stop.ts")).restartChat(context),
  });
  verb(chat, execute, "status", {
    summary: "Show whether the server runs, and where (exit 3 when it does not).",
    examples: ["sparky chat status", "sparky chat status --json"],
    run: async (context) => (await import("../server/status.ts")).chatStatus(context),
  });
  verb(chat, execute, "send [text]", {
    summary: "Send a message and show the reply as it comes.",
    examples: [
      'sparky chat send "What time is it?"',
      'sparky chat send --chat 3f2a "And in Tokyo?"',
      'sparky chat send --file notes.txt --file plan.png "Do these two fit together?"',
      'sparky chat send --prompt deep_dive --arg topic="the salt trade"',
    ],
    args: { text: "what to say" },
    options: [
      ["--chat <id>", "the chat to write in (default: a new one)"],
      ["--model <model>", "the model that answers there from now on; default: the server's own"],
      effortOption("the server's own"),
      FILE,
      ...PROMPT,
    ],
    run: async (context, args, options: SendOptions) =>
      (await import("../chats/send.ts")).sendMessage(context, args, options),
  });
  const client = group(program, "client", {
    summary: "The terminal client.",
    examples: ["sparky client start"],
  });
  verb(client, execute, "start", {
    summary: "Talk with the agent in this terminal; `sparky chat` without a command does the same.",
    examples: ["sparky client start", "sparky chat --new", "sparky chat --chat 3f2a"],
    options: [
      ["--chat <id>", "the chat to open (default: the last one)"],
      ["--new", "begin a new chat"],
      EVENTS_OPTION,
      ["--model <model>", "the model that answers there from now on; default: the server's own"],
      effortOption("the server's own"),
    ],
    run: async (context, args, options: TerminalOptions) =>
      (await import("../terminal/terminal.ts")).terminalChat(context, args, options),
  });
}
