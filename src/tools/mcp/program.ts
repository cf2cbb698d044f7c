import { accessSync, constants, statSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { delimiter, join, resolve, sep } from "node:path";
import { SparkyError } from "../../core/errors.ts";

/** Where the command is. Throws `unavailable` with what to do where it is not. */
export function findProgram(command: string, path: string, cwd: string): string {
  const places = command.includes("/")
    ? [resolve(cwd, command)]
    : path.split(delimiter).map((dir) => join(dir, command));
  const found = places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return statSync(place).isFile();
    } catch {
      return false;
    }
  });
  if (found !== undefined) return found;
  throw new SparkyError("unavailable", `there is no program ${JSON.stringify(command)} on this machine`, {
    hint: command.includes("/")
      ? "check the path of its command; an address begins with https://"
      : "install it, or give its whole path as the command",
  });
}

/** What a program cannot be without: itself, the packages that it is one of, and the link that it was found by. */
export async function filesOf(program: string): Promise<readonly string[]> {
  const real = await realpath(program);
  const parts = real.split(sep);
  const packages = parts.indexOf("node_modules");
  return [packages === -1 ? real : parts.slice(0, packages + 1).join(sep), ...(real === program ? [] : [program])];
}
