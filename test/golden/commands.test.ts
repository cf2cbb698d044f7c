import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { errorBodySchema } from "../../src/wire/api.ts";
import { commandPaths } from "../docs/cli-page.ts";
import { JSON_SHAPES, schemaOf, shapeFor } from "../docs/json-shapes.ts";
import { ELSEWHERE, LINES } from "./lines.ts";
import { runLine, typed, type Form, type Line } from "./rig.ts";
import { shown, type Outcome } from "./scripted-cli.ts";
import { goldenHome } from "./seeded-home.ts";

process.env["TZ"] = "UTC";

const FORMS: readonly Form[] = ["terminal", "pipe", "json"];
const SUFFIX = { terminal: "", pipe: " | cat", json: " --json" };
const fileOf = (command: string): string => `${command.replaceAll(" ", "-")}.txt`;

let home: Awaited<ReturnType<typeof goldenHome>>;
beforeAll(async () => {
  home = await goldenHome();
});
afterAll(() => home[Symbol.asyncDispose]());

test.each(Object.entries(LINES).map(([command, lines]) => ({ command, lines })))(
  "F59 what `sparky $command` shows, on a terminal, in a pipe and as JSON",
  async ({ command, lines }) => {
    const path = command.split(" ");
    let text = "";
    for (const line of lines) {
      for (const form of FORMS) {
        const outcome = await runLine(home.path, path, line, form);
        if (form === "json") expectJson(command, line, outcome);
        text += shown(typed(path, line) + SUFFIX[form], outcome);
      }
    }
    await expect(text).toMatchFileSnapshot(`commands/${fileOf(command)}`);
  },
);

/** F59 Data on stdout in the shape that the reference tells, whatever went wrong on stderr, and the exit code says so. */
function expectJson(command: string, line: Line, { exit, stdout, stderr }: Outcome): void {
  const asked = line.answer === undefined ? stderr : stderr.replace(/^(.*(\[y\/N\]|:) \n)+/, "");
  if (asked !== "") {
    const { error } = errorBodySchema.parse(JSON.parse(asked));
    expect(error.code, asked).not.toBe("internal");
    expect(error.hint, `what to do after: ${asked}`).toBeTruthy();
  }
  if (stdout === "") return expect(exit).not.toBe(0);
  const shape = shapeFor(command, line.args ?? []);
  if (shape === undefined) throw new Error(`test/docs/json-shapes.ts does not tell what ${command} prints`);
  const documents = (shape.stream ? stdout.trimEnd().split("\n") : [stdout]).map((each) => JSON.parse(each));
  // What the schema does not know, it leaves out.
  for (const document of documents) expect(schemaOf(shape).parse(document)).toEqual(document);
}

test("F59 every command tells the shape of its JSON, and has its output kept or a test that says why not", () => {
  const commands = commandPaths();
  expect(commands.filter((command) => !Object.hasOwn(JSON_SHAPES, command))).toEqual([]);
  expect(Object.keys(JSON_SHAPES).filter((command) => !commands.includes(command))).toEqual([]);
  expect(commands.filter((command) => !Object.hasOwn({ ...LINES, ...ELSEWHERE }, command))).toEqual([]);
  expect([...Object.keys(LINES), ...Object.keys(ELSEWHERE)].filter((command) => !commands.includes(command))).toEqual([]);
  const files = Object.keys(LINES).map(fileOf);
  expect(readdirSync(join(import.meta.dirname, "commands")).filter((file) => !files.includes(file))).toEqual([]);
  for (const [command, file] of Object.entries(ELSEWHERE)) {
    expect(readFileSync(join(import.meta.dirname, "../..", file), "utf8"), command).toContain(command.split(" ").at(-1));
  }
});
