import { existsSync, realpathSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { z } from "zod";
import { SparkyError } from "../../core/errors.ts";
import type { Root } from "./places.ts";
import { contains } from "./workspace.ts";

/** `roots` of `tools.json`: the folders beyond the workspace that file tools may use. */

const rootsSchema = z
  .array(
    z.strictObject({
      path: z.string().min(1).max(1000).refine(isAbsolute, { error: "must be an absolute path" }),
      access: z.enum(["read", "write"]).default("read"),
      users: z.array(z.string().min(1)).max(100).optional(),
    }),
  )
  .max(50)
  .default([]);

interface Whose {
  readonly home: string;
  /** Whose root it is when no users are named. */
  readonly owner: string;
}

/** Of the text of `tools.json`, that is JSON. Throws `invalid_input`. */
export function parseRoots(text: string, file: string, { home, owner }: Whose): readonly Root[] {
  const result = rootsSchema.safeParse((JSON.parse(text) as { roots?: unknown } | null)?.roots);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new SparkyError(
      "invalid_input",
      `${file}: ${["roots", ...(issue?.path ?? [])].join(".")}: ${issue?.message}`,
      {
        hint: 'for example {"roots": [{"path": "/srv/notes", "access": "read"}]}',
      },
    );
  }
  return result.data.map(({ path, access, users = [owner] }) => {
    const real = realOf(path);
    const own = realOf(home);
    if (contains(real, own) || contains(own, real)) {
      throw new SparkyError("invalid_input", `${file}: the root ${path} holds Sparky's home, or is in it`, {
        hint: "name a folder beside it: keys and tokens are in the home",
      });
    }
    return { path: real, access, users };
  });
}

/** A folder that is not there yet, as on a volume that is not mounted, is looked for at each call. */
const realOf = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path));
