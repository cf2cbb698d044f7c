import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempHome } from "../../test/kit/temp-home.ts";
import { policyOf } from "../tools/policy.ts";
import { ToolsFile } from "./tools-file.ts";

const known = (settings: object): void => {
  const other = Object.keys(settings).find((name) => !["shell", "file_write"].includes(name));
  if (other !== undefined) throw new Error(`there is no tool called ${other}`);
};

test("a policy that is changed counts at once, and all else in the file stays as it is", async () => {
  const home = await tempHome();
  const path = join(home, "tools.json");
  const file = new ToolsFile(home, known);
  expect(file.settings).toEqual({});
  file.setPolicy("shell", policyOf("deny"));
  expect(file.settings).toEqual({ shell: { policy: { chat: "deny", task: "deny", schedule: "deny" } } });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  // Edited by hand meanwhile.
  await writeFile(path, '{"roots": [], "shell": {"timeoutSeconds": 9}, "file_write": {"policy": "ask"}}');
  file.setPolicy("shell", { schedule: "ask" });
  file.setPolicy("file_write", { task: "deny" });
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual({
    roots: [],
    shell: { timeoutSeconds: 9, policy: { schedule: "ask" } },
    file_write: { policy: { chat: "ask", task: "deny", schedule: "ask" } },
  });
  expect(file.settings["file_write"]).toEqual({ policy: { chat: "ask", task: "deny", schedule: "ask" } });
  expect(new ToolsFile(home, known).settings).toEqual(file.settings);
});

test("what was said of a tool can be taken back, one origin at a time", async () => {
  const home = await tempHome();
  const file = new ToolsFile(home, known);
  file.setPolicy("shell", policyOf("deny"));
  file.setPolicy("shell", { chat: null });
  expect(file.settings).toEqual({ shell: { policy: { task: "deny", schedule: "deny" } } });
  file.setPolicy("shell", { task: null, schedule: null });
  expect(file.settings).toEqual({ shell: { policy: {} } });
});

test("a file that cannot be applied is left alone, and what counted before counts", async () => {
  const home = await tempHome();
  const path = join(home, "tools.json");
  const file = new ToolsFile(home, known);
  for (const text of ["{ no JSON", '{"other": {"policy": "ask"}}', '{"shell": {"policy": "maybe"}}', "[]"]) {
    await writeFile(path, text);
    expect(() => file.setPolicy("shell", policyOf("deny"))).toThrow();
    expect(await readFile(path, "utf8")).toBe(text);
    expect(file.settings).toEqual({});
  }
});
