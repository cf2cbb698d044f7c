import { expect, test } from "vitest";
import { sparky } from "../../../test/golden/scripted-cli.ts";
import { readSettings } from "../../settings.ts";
import { EXIT } from "../console/io.ts";
import { TOPIC_NAMES, TOPICS } from "./help-topics.ts";

const deps = { settings: async () => readSettings({ SPARKY_HOME: "/home/ada/.sparky", OPENAI_API_KEY: "sk-1" }, {}) };

test("help of a command is what the command itself shows", async () => {
  const own = await sparky(["agent", "tasks", "add", "--help"]);
  expect(await sparky(["help", "agent", "tasks", "add"])).toEqual(own);
  expect(await sparky(["help", "sparky", "agent", "tasks", "add"])).toEqual(own);
  expect(await sparky(["help"])).toEqual(await sparky(["--help"]));
  expect(own.stdout).toContain("Examples:");
});

test.each([[["--help"]], [["agent", "tasks", "add", "--help"]], [["help", "schedules"]], [["agent"]]])(
  "on a terminal of 80 columns no word of %j is broken, and examples stay whole",
  async (argv) => {
    const { stdout, stderr } = await sparky(argv, { deps, terminal: true, columns: 80 });
    const lines = (stdout + stderr).split("\n");
    expect(lines.filter((line) => line.length > 80 && !line.startsWith("  $ "))).toEqual([]);
    const piped = await sparky(argv, { deps });
    expect(lines.join("\n").split(/\s+/)).toEqual((piped.stdout + piped.stderr).split(/\s+/));
  },
);

test("the first help names every topic, and every topic has its text", async () => {
  const first = (await sparky(["--help"])).stdout;
  for (const name of TOPIC_NAMES) {
    expect(first).toContain(name);
    const piped = await sparky(["help", name], { deps });
    expect(piped).toMatchObject({ exit: 0, stderr: "" });
    expect(piped.stdout.split("\n").length).toBeGreaterThan(5);
    expect(Math.max(...piped.stdout.split("\n").map((line) => line.length)), name).toBeLessThanOrEqual(160);
    const shown = await sparky(["help", name], { deps, terminal: true });
    expect(shown.stdout.split(/\s+/)).toEqual(piped.stdout.split(/\s+/));
    const json = await sparky(["help", name, "--json"], { deps });
    expect(JSON.parse(json.stdout)).toEqual({ topic: name, text: piped.stdout });
  }
  expect(TOPICS.map(({ name }) => name)).toEqual([...TOPIC_NAMES]);
});

test("the topic of the environment names every variable and shows no value", async () => {
  const { stdout } = await sparky(["help", "environment"], { deps });
  for (const { name } of (await deps.settings()).items) expect(stdout).toContain(`  ${name} `);
  expect(stdout).not.toContain("sk-1");
});

test("the topic of exit codes names each", async () => {
  const { stdout } = await sparky(["help", "exit", "codes"]);
  for (const code of Object.values(EXIT)) expect(stdout).toMatch(new RegExp(`^  ${code} +\\w`, "m"));
});

test.each([
  [["enviroment"], "sparky help environment"],
  [["agent", "taks"], "sparky help agent tasks"],
  [["nothing", "like", "it"], "sparky help"],
])("help of %j, which there is not, exits 2 and says %s", async (words, hint) => {
  expect(await sparky(["help", ...words])).toMatchObject({
    exit: 2,
    stdout: "",
    stderr: `error: there is no command and no topic "${words.join(" ")}"\n  try: ${hint}\n`,
  });
});
