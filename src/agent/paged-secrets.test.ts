import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { dataOf, startAgent } from "../../test/kit/agent.ts";
import { sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, say, scriptedModel } from "../../test/kit/scripted-model.ts";
import { tempHome } from "../../test/kit/temp-home.ts";
import { toolContext } from "../../test/kit/tool-context.ts";
import { accessTo, webServer } from "../../test/kit/web-pages.ts";
import { ended, testTool } from "../../test/kit/worker.ts";
import { resultRead } from "../builtin-tools/result-read.ts";
import type { Json } from "../core/events.ts";
import { KnownSecrets } from "../core/known-secrets.ts";
import { addTask } from "../store/tasks/add.ts";
import { fileTools } from "../tools/files/tools.ts";
import { BackgroundCommands } from "../tools/shell/background.ts";
import { Sandbox } from "../tools/shell/sandbox.ts";
import { shellTools } from "../tools/shell/tools.ts";
import type { Tool } from "../tools/tool.ts";
import { webFetch } from "../tools/web/web-fetch.ts";

/** A reader who asks for small pages, and puts them together, has no more of a secret than one who asks for the whole. */

const SECRET = "wörter-and-hunter2";
const masking = new KnownSecrets();
masking.know("ann", [{ name: "KEY", value: SECRET }]);

async function run(tools: readonly Tool<unknown>[], name: string, args: Json, workspace = "/nowhere") {
  const prepared = tools.find((tool) => tool.name === name)?.prepare(args);
  if (prepared?.ok !== true || prepared.kind !== "plain") throw new Error(JSON.stringify(prepared));
  const result = await prepared.execute(toolContext({ workspace, masking }));
  // As the agent gives it back.
  return masking.value(result) as { readonly text: string; readonly next: number | null };
}

/** All pages together, each name of a secret once. */
const together = (pages: readonly string[]): string => pages.join("").replace(/(?:\$\{secret:KEY\})+/g, "<KEY>");

async function pagesOf(page: (offset: number) => Promise<{ readonly text: string; readonly next: number | null }>) {
  const pages: string[] = [];
  for (let at: number | null = 0; at !== null && pages.length < 200;) {
    const { text, next }: { readonly text: string; readonly next: number | null } = await page(at);
    pages.push(text);
    at = next;
  }
  return pages;
}

test.each([4, 5, 7, 11])("of a file, by pages of %i bytes", async (limit) => {
  const workspace = await tempHome();
  await writeFile(join(workspace, "a.txt"), `key: ${SECRET}\nand "${SECRET}" again\n`);
  const tools = fileTools([]);
  const pages = await pagesOf((offset) => run(tools, "file_read", { path: "a.txt", offset, limit }, workspace));
  expect(together(pages)).toBe('key: <KEY>\nand "<KEY>" again\n');
});

test("of a file, by lines that a secret goes across", async () => {
  const workspace = await tempHome();
  const two = new KnownSecrets();
  two.know("ann", [{ name: "KEY", value: "first line\nsecond line" }]);
  await writeFile(join(workspace, "a.txt"), "begin\nfirst line\nsecond line\nend\n");
  const tool = fileTools([]).find(({ name }) => name === "file_read");
  const texts: string[] = [];
  for (const line of [1, 2, 3, 4]) {
    const prepared = tool?.prepare({ path: "a.txt", fromLine: line, toLine: line });
    if (prepared?.ok !== true || prepared.kind !== "plain") throw new Error("file_read cannot be run");
    const result = (await prepared.execute(toolContext({ workspace, masking: two }))) as { readonly text: string };
    texts.push(result.text);
  }
  expect(texts.join("")).not.toMatch(/first|second/);
  expect([texts[0], texts[3]]).toEqual(["begin\n", "end\n"]);
});

test("of a web page, by parts", async () => {
  const host = await webServer((_, response) => {
    response.setHeader("content-type", "text/plain; charset=utf-8").end(`key: ${SECRET} and more`);
  });
  const tools = [webFetch(accessTo([host]))];
  const pages = await pagesOf((offset) => run(tools, "web_fetch", { url: `http://${host}/a.txt`, offset, limit: 5 }));
  expect(pages.join("").trim()).toBe("key: ${secret:KEY} and more");
});

test("of what a command in the background writes in two halves, and of an output that is cut in its middle", async () => {
  const home = await tempHome();
  const workspace = join(home, "ann");
  await mkdir(workspace);
  const background = new BackgroundCommands();
  onTestFinished(() => background[Symbol.asyncDispose]());
  const environment = { PATH: process.env["PATH"] ?? "" };
  const sandbox = new Sandbox({ mode: "host", hidden: [home], environment });
  const tools = shellTools({ environment, sandbox }, background);
  const halves = `printf 'key: ${SECRET.slice(0, 9)}'; read -r go; printf '${SECRET.slice(9)} and more\\n'`;
  const { id } = (await run(tools, "shell_start", { command: halves }, workspace)) as unknown as { id: string };
  const first = await run(tools, "shell_read", { id, waitSeconds: 30 });
  expect(first.text).toBe("key: ");
  await run(tools, "shell_write", { id, text: "go\n" });
  const second = await run(tools, "shell_read", { id, offset: first.next, waitSeconds: 30 });
  expect(together([first.text, second.text])).toBe("key: <KEY> and more\n");
  // Half of it before the place where a long output is cut, the other half after it.
  const fill = 128 * 1024 - 9;
  const long = `head -c ${fill} /dev/zero | tr '\\0' x; printf '%s' '${SECRET}'; head -c 400000 /dev/zero | tr '\\0' y`;
  const { stdout } = (await run(tools, "shell", { command: long }, workspace)) as unknown as { stdout: string };
  expect(stdout).toContain("bytes left out");
  expect(stdout).not.toContain(SECRET.slice(0, 4));
});

test("of an earlier result, in which a secret is known only since", async () => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const texts: string[] = [];
  let at: number | null = 0;
  let id = "";
  const model = scriptedModel(({ messages }) => {
    const last = messages.at(-1);
    const part = last?.role === "tool" ? last.content[0] : undefined;
    if (part?.type !== "tool-result") return [call("big")];
    if (id === "") {
      id = /"id":"([^"]+)"/.exec(JSON.stringify(part.output).replaceAll("\\", ""))?.[1] ?? "";
      store.secrets.know(owner.id, [{ name: "KEY", value: SECRET }]);
    } else {
      const { text, next } = ("value" in part.output ? part.output.value : {}) as { text: string; next: number | null };
      texts.push(text);
      at = next;
    }
    return at === null || texts.length > 100 ? [say("read")] : [call("result_read", { id, offset: at, limit: 1500 })];
  });
  const big = `${"x".repeat(1490)}${SECRET}${"y".repeat(40_000)}`;
  await startAgent(store, { model, tools: [resultRead, testTool("big", async () => big)] });
  const { task } = await addTask(store, owner, { instruction: "go", limits: { steps: 100 } });
  expect((await ended(store, task.runId)).state).toBe("completed");
  expect(texts.length).toBeGreaterThan(2);
  expect(together(texts)).not.toContain("hunter2");
  expect(together(texts)).toContain("x<KEY>y");
  const results = await dataOf(store, task.chatId, "tool_result");
  expect(results.slice(1).every(({ ok }) => ok)).toBe(true);
});
