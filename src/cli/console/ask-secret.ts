import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** Asks with a line editor that shows nothing of what it edits. null: Ctrl-C, or the end of the input. */
export function askSecret(process: NodeJS.Process, question: string): Promise<string | null> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true, historySize: 0 });
  // Only now, that the terminal shows nothing by itself any more.
  process.stderr.write(question);
  return new Promise((resolve) => {
    let answer: string | null = null;
    lines.once("line", (line) => {
      answer = line;
      lines.close();
    });
    lines.once("SIGINT", () => lines.close());
    lines.once("close", () => {
      process.stderr.write("\n");
      resolve(answer);
    });
  });
}
