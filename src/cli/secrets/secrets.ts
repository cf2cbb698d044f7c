import type { List } from "../../wire/api.ts";
import { SECRET_NAME, type SecretInfo, type SetSecret } from "../../wire/secrets.ts";
import { confirmed } from "../command/confirm.ts";
import type { Context } from "../command/context.ts";
import { Failure, usage } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";
import { ago } from "../console/text.ts";

export async function listSecrets(context: Context): Promise<void> {
  const { out, io } = context;
  const list = await (await context.client("any")).request<List<SecretInfo>>("GET", "/api/secrets");
  if (out.json) return out.document(list);
  if (list.items.length === 0) return out.note("There are no secrets. Set one: sparky secret set NAME");
  out.table(
    [{ title: "NAME" }, { title: "SET" }],
    list.items.map(({ name, setAt }) => [name, out.terminal ? ago(setAt, io.now()) : setAt]),
  );
}

export async function setSecret(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const name = named(args);
  const value = await typed(context, name);
  const done = await (await context.client("any")).request<SetSecret>("POST", "/api/secrets", { name, value });
  if (out.json) return out.document(done);
  out.print(out.terminal ? `Set  ${name}  (in a call: \${secret:${name}})` : name);
  if (!done.masked) out.note("  it has fewer than eight characters, so it is not masked where it is seen");
}

export async function removeSecret(context: Context, args: readonly string[], { yes }: { yes?: true }): Promise<void> {
  const { out } = context;
  const name = named(args);
  const client = await context.client("any");
  const ask = {
    yes,
    question: `Remove the secret ${name}?`,
    act: "removing",
    line: `sparky secret remove ${name} --yes`,
  };
  if (!(await confirmed(context, ask))) return;
  await client.request<unknown>("DELETE", `/api/secrets/${name}`);
  if (out.json) out.document({ name, removed: true });
  else out.print(out.terminal ? `Removed  ${name}` : name);
}

function named([name = ""]: readonly string[]): string {
  if (SECRET_NAME.test(name)) return name;
  throw usage(
    `${JSON.stringify(name)} is no name for a secret: letters, digits and _, a letter first`,
    "sparky secret set WEATHER_KEY",
  );
}

async function typed({ io }: Context, name: string): Promise<string> {
  const value = io.stdinIsTerminal ? await io.askSecret(`${name} (not shown): `) : await io.readInput();
  if (value === null) throw new Failure(EXIT.interrupted, "interrupted", "nothing was changed");
  const whole = value.replace(/\r?\n$/, "");
  if (whole === "") throw usage(`no value came for ${name}`, `sparky secret set ${name} < FILE`);
  return whole;
}
