import { spawn } from "node:child_process";
import { once } from "node:events";
import { link, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { toolContext } from "../../../test/kit/tool-context.ts";
import type { Json } from "../../core/events.ts";
import type { Tool } from "../tool.ts";
import { fileTools } from "./tools.ts";

const [fileList, fileRead, fileWrite] = fileTools([]) as unknown as readonly [
  Tool<unknown>,
  Tool<unknown>,
  Tool<unknown>,
];

async function scene() {
  const home = await tempHome();
  const workspace = join(home, "ann");
  const outside = join(home, "bob");
  for (const folder of [join(workspace, "notes"), outside]) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "a.txt"), folder === outside ? "bob's secret" : "ann's own");
  }
  const call = (tool: Tool<unknown>, args: Json): Promise<Json> => {
    const prepared = tool.prepare(args);
    if (!prepared.ok || prepared.kind !== "plain") throw new Error(`${tool.name} cannot be run`);
    return prepared.execute(toolContext({ workspace, signal: new AbortController().signal }));
  };
  return { workspace, outside, call };
}

/** Another process that swaps a folder for a link that leads out, and back, as fast as it can. */
async function swapper(workspace: string, outside: string): Promise<void> {
  const script = `
    const fs = require("node:fs");
    const [notes, kept, outside] = process.argv.slice(1);
    process.stdout.write("ready");
    for (;;) {
      // The tool may have made the folder anew meanwhile.
      try { fs.renameSync(notes, kept); fs.symlinkSync(outside, notes); } catch {}
      try { fs.rmSync(notes, { recursive: true, force: true }); fs.renameSync(kept, notes); } catch {}
    }`;
  const child = spawn(process.execPath, ["-e", script, join(workspace, "notes"), join(workspace, "kept"), outside], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    const gone = once(child, "close");
    child.kill("SIGKILL");
    await gone;
  });
  await once(child.stdout, "data");
}

test("F105 while another process swaps a folder for a link that leads out, nothing outside is read, listed or written", async () => {
  const { workspace, outside, call } = await scene();
  await writeFile(join(outside, "only-bobs.txt"), "x");
  await swapper(workspace, outside);
  const seen = { done: 0, refused: 0 };
  for (let at = 0; at < 400; at++) {
    const calls = [
      call(fileRead, { path: "notes/a.txt" }),
      call(fileList, { path: "notes" }),
      call(fileWrite, { path: "notes/deep/b.txt", content: "ann's" }),
    ];
    for (const answer of await Promise.allSettled(calls)) {
      if (answer.status === "rejected") seen.refused++;
      else {
        seen.done++;
        expect(JSON.stringify(answer.value)).not.toMatch(/bob/);
      }
    }
  }
  expect((await readdir(outside)).toSorted()).toEqual(["a.txt", "only-bobs.txt"]);
  expect(await readFile(join(outside, "a.txt"), "utf8")).toBe("bob's secret");
  expect([seen.done > 0, seen.refused > 0]).toEqual([true, true]);
});

test("F105 a hard link to somebody else's file is neither read nor written, and a draft's name leads nowhere", async () => {
  const { workspace, outside, call } = await scene();
  await link(join(outside, "a.txt"), join(workspace, "linked.txt"));
  await expect(call(fileRead, { path: "linked.txt" })).rejects.toThrow("hard link");
  await expect(call(fileWrite, { path: "linked.txt", content: "x" })).rejects.toThrow("hard link");
  const { callId } = toolContext({ workspace, signal: new AbortController().signal });
  await link(join(outside, "a.txt"), join(workspace, `.${callId}.tmp`));
  await call(fileWrite, { path: "fresh.txt", content: "ann's" });
  expect(await readFile(join(outside, "a.txt"), "utf8")).toBe("bob's secret");
  expect(await readFile(join(workspace, "fresh.txt"), "utf8")).toBe("ann's");
});
