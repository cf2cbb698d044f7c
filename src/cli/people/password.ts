import type { User } from "../../wire/api.ts";
import { PASSWORD_RULE, passwordSchema, type PasswordSet } from "../../wire/people.ts";
import type { Context } from "../command/context.ts";
import { Failure, usage } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";

export async function setPassword(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const name = args[0] ?? (await client.request<User>("GET", "/api/me")).name;
  const password = await typed(context, name);
  if (!passwordSchema.safeParse(password).success) throw usage(PASSWORD_RULE, line(name));
  const path = `/api/users/${encodeURIComponent(name)}/password`;
  const done = await client.request<PasswordSet>("POST", path, { password });
  if (out.json) return out.document(done);
  out.print(out.terminal ? `Set the password of ${name}` : name);
  if (done.ended > 0)
    out.note(`  browsers that were signed in by the one before, and are signed out now: ${done.ended}`);
}

/** Twice on a terminal, since nobody sees what is typed. */
async function typed({ io }: Context, name: string): Promise<string> {
  if (!io.stdinIsTerminal) return (await io.readInput()).replace(/\r?\n$/, "");
  const first = await asked(io.askSecret(`New password for ${name} (not shown): `));
  if ((await asked(io.askSecret("The same again: "))) === first) return first;
  throw usage("the two are not the same", line(name));
}

async function asked(answer: Promise<string | null>): Promise<string> {
  const password = await answer;
  if (password === null) throw new Failure(EXIT.interrupted, "interrupted", "nothing was changed");
  return password;
}

const line = (name: string): string => `sparky user set-password ${name}`;
