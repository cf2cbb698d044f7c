import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { sqlite } from "../../../test/kit/databases.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { openFile } from "./database-file.ts";

/** `openFile` in a process that may not write a single byte to a file, as on a full disk. */
async function openWithoutRoom(file: string): Promise<{ readonly code: string; readonly message: string }> {
  const program = `
    const { openFile } = await import(${JSON.stringify(join(import.meta.dirname, "database-file.ts"))});
    const { code, message } = await openFile(process.argv[1]).then(() => ({ code: "opened", message: "" }), (e) => e);
    console.log(JSON.stringify({ code, message }));`;
  const node = [process.execPath, "--input-type=module", "--eval", program, file];
  const { stdout } = await promisify(execFile)("bash", ["-c", 'ulimit -f 0; exec "$@"', "bash", ...node]);
  return JSON.parse(stdout) as { code: string; message: string };
}

test("F118: a database that cannot be opened for want of room is not taken for something else", async () => {
  const place = await sqlite.place();
  const file = place.kind === "sqlite" ? place.file : "";
  await (await sqlite.open(place))[Symbol.asyncDispose]();
  const { code, message } = await openWithoutRoom(file);
  expect({ code, message }).toMatchObject({ code: "unavailable", message: expect.stringMatching(/cannot be|full/) });
  await (await openFile(file))[Symbol.asyncDispose]();
});

test.each([
  { what: "text", bytes: "no database at all, but long enough to be looked at".repeat(20) },
  { what: "an empty file", bytes: "" },
])("$what is not a Sparky database", async ({ bytes }) => {
  const file = join(await tempHome(), "x.db");
  writeFileSync(file, bytes);
  await expect(openFile(file)).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining("is not a Sparky database"),
  });
});
