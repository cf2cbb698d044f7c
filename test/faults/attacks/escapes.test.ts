import { expect, test, vi } from "vitest";
import { sparky } from "../../golden/scripted-cli.ts";
import { chatServer, type ChatServer } from "../../kit/chat-server.ts";
import { overApp } from "../../kit/cli-app.ts";
import { eachEngine } from "../../kit/databases.ts";

// Terminal escapes in a task's title: somebody else's words, that would act on the terminal of whoever looks at them.

/** What each would do, were it written to a terminal as it is. */
const ESCAPES = [
  ["sets the window's title", "\u001b]0;owned\u0007"],
  ["writes to the clipboard", "\u001b]52;c;cm0gLXJmIH4=\u0007"],
  ["clears the screen", "\u001b[2J\u001b[H"],
  ["reports back as if it had been typed", "\u001b[6n\u001b]11;?\u0007"],
  ["hides where a link leads", "\u001b]8;;https://evil.example\u001b\\here\u001b]8;;\u001b\\"],
  ["sends a command to the terminal's own programs", "\u001bP$q\u001b\\\u001b_Gf=100\u001b\\"],
  ["does it in one byte of C1", "\u009b2J\u009d0;owned\u009c"],
  ["goes back and writes over what stands there", "rm -rf ~\r\u0008\u0008\u007f"],
  ["turns the line around", "\u202egpj.exe\u2066\u200f\u061c"],
  ["begins a line of its own", "\u2028\u2029\u0085\u000b\u000c"],
] as const;

/** What no terminal may be given, but line breaks and tabs. */
const ACTS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

interface Made {
  readonly id: string;
}

/** Every command that shows a task, its chat, or what was done with them. */
const commands = (task: Made, chat: Made): readonly (readonly string[])[] => [
  ["agent", "tasks", "list"],
  ["agent", "tasks", "get", task.id],
  ["agent", "tasks", "logs", task.id],
  ["agent", "status"],
  ["agent", "schedule", "list"],
  ["agent", "schedule", "show", "hostile"],
  ["agent", "schedule", "export"],
  ["chats", "list"],
  ["chats", "show", chat.id],
  ["chats", "export", chat.id],
  ["chats", "export", chat.id, "--format", "json"],
  ["search", "quokka"],
  ["away"],
  ["agent", "tasks", "cancel", task.id],
  ["chats", "rename", chat.id, "plain"],
  ["audit"],
  ["audit", "--jsonl"],
];

async function outputs(app: ChatServer, argv: readonly string[]): Promise<readonly (readonly [string, string])[]> {
  const shown = async (how: string, stage: object, more: readonly string[] = []) => {
    const all = { ...overApp(app, app.people.owner), columns: 4000, ...stage };
    const { stdout, stderr } = await sparky([...argv, ...more], all);
    // The command's own: it takes away a line that is shown only for a while.
    const told = stderr.replaceAll("\r\u001b[2K", "");
    return [[`${how}, stdout`, stdout] as const, [`${how}, stderr`, told] as const];
  };
  const three = [await shown("on a terminal", { terminal: true }), await shown("in a pipe", {})];
  return [...three, await shown("as JSON", {}, ["--json"])].flat();
}

/** One that has no end would take those behind it along, so it stands alone. */
const TITLES = [
  { what: "those that end", text: ESCAPES.map(([, escape]) => escape).join("") },
  { what: "one without an end", text: "\u001b]0;" },
];

vi.setConfig({ testTimeout: 300_000 });

eachEngine("terminal escapes in a task's title", (engine) => {
  test.each(TITLES)("F106 reach no terminal, by any command or export: $what", async ({ text }) => {
    const app = await chatServer(await engine.store());
    const { owner } = app.people;
    const title = `quokka ${text} end`;
    const done = async (method: string, path: string, body: object) => {
      const { status, body: answer } = await app.as(owner, method, path, body);
      expect([path, status < 300]).toEqual([path, true]);
      return answer;
    };
    const task = await done("POST", "/api/tasks", { instruction: title, metadata: { note: title } });
    await done("PATCH", `/api/chats/${task.chatId}`, { title });
    await done("POST", "/api/schedules", { name: "hostile", when: "every(1 day)", prompt: title, description: title });
    const chat = await done("POST", "/api/chats", { title });
    await done("POST", `/api/chats/${chat.id}/messages`, { text: title });
    let seen = 0;
    for (const argv of commands(task, chat)) {
      for (const [how, shown] of await outputs(app, argv)) {
        expect(ACTS.exec(shown)?.[0], `${argv.join(" ")}, ${how}`).toBeUndefined();
        seen += shown.includes("quokka") ? 1 : 0;
      }
    }
    expect(seen).toBeGreaterThan(20);
    // What is shown is not what is kept: programs are told it as it is.
    expect((await app.as(owner, "GET", `/api/tasks/${task.id}`)).body.instruction).toBe(title);
  });
});
