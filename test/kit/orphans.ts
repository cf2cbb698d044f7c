import { readdirSync, readFileSync } from "node:fs";

/** In the environment of the runner and of whatever its tests start. */
export const TEST_RUN = "TEST_RUN";

/**
 * What the tests of a run have left running: processes with its mark whose parent is gone. One of them can fill the disk, or
 * hold a port, while other tests fail. Linux only; what was started without the runner's environment is not seen.
 */
export function orphansOf(run: string): readonly { readonly pid: number; readonly command: string }[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").flatMap((name) => {
    const read = (file: string): string => {
      try {
        return readFileSync(`/proc/${name}/${file}`, "utf8");
      } catch {
        return "";
      }
    };
    if (!/^\d+$/.test(name) || !read("environ").split("\0").includes(`${TEST_RUN}=${run}`)) return [];
    if (!/^PPid:\t1$/m.test(read("status"))) return [];
    return [{ pid: Number(name), command: read("cmdline").replaceAll("\0", " ").trim() }];
  });
}
