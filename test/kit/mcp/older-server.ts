import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";

// A server of the revision 2025-11-25 whose effects are lines in a file, and that acts before it asks somebody, in the middle
// of its call, as well as after.

const [, , file = ""] = process.argv;

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: { readonly name?: string; readonly arguments?: { readonly text?: string } };
  readonly result?: { readonly action?: string; readonly content?: { readonly name?: string } };
}

const say = (message: object): void => void process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const effect = (line: string): void => appendFileSync(file, `${line}\n`);
const text = (words: string) => ({ content: [{ type: "text", text: words }] });
const named = { type: "object", properties: { name: { type: "string", title: "Name" } }, required: ["name"] };
const tool = (name: string) => ({
  name,
  description: `The tool ${name}.`,
  inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
});

/** What goes on when a question is answered, by its id. */
const asked = new Map<string, (name: string) => void>();

function called(id: number | string, name: string, words: string): void {
  if (name === "note") {
    effect(words);
    return say({ id, result: text(`noted ${words}`) });
  }
  effect(`${words} begun`);
  const question = `ask-${id}`;
  asked.set(question, (who) => {
    effect(words);
    say({ id, result: text(`booked ${words} for ${who}`) });
  });
  say({ id: question, method: "elicitation/create", params: { message: "For whom?", requestedSchema: named } });
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params, result } = JSON.parse(line) as Message;
  if (id === undefined) return;
  switch (method) {
    case undefined:
      return asked.get(String(id))?.(result?.content?.name ?? String(result?.action));
    case "initialize":
      return say({
        id,
        result: {
          protocolVersion: "2025-11-25",
          capabilities: { tools: {} },
          serverInfo: { name: "older", version: "1" },
        },
      });
    case "tools/list":
      return say({ id, result: { tools: [tool("note"), tool("book")] } });
    case "tools/call":
      return called(id, params?.name ?? "", params?.arguments?.text ?? "");
    default:
      return say({ id, error: { code: -32_601, message: `no method ${method}` } });
  }
});
