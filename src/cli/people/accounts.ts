import type { List } from "../../wire/api.ts";
import { NAME_RULE, nameSchema, type Account } from "../../wire/people.ts";
import { ROLES } from "../../wire/roles.ts";
import type { Context } from "../command/context.ts";
import { usage } from "../console/failure.ts";
import { ago } from "../console/text.ts";

export type AddOptions = { role?: string };

export async function listAccounts(context: Context): Promise<void> {
  const { out, io } = context;
  const list = await (await context.client("any")).request<List<Account>>("GET", "/api/users");
  if (out.json) return out.document(list);
  out.table(
    [{ title: "NAME" }, { title: "ROLE" }, { title: "STATE" }, { title: "ADDED" }],
    list.items.map(({ name, role, disabled, createdAt }) => [
      name,
      role,
      disabled ? "disabled" : "",
      out.terminal ? ago(createdAt, io.now()) : createdAt,
    ]),
  );
}

export async function addAccount(context: Context, args: readonly string[], { role }: AddOptions): Promise<void> {
  const { out } = context;
  const name = named(args, "add");
  const account = await (await context.client("any")).request<Account>("POST", "/api/users", { name, role });
  if (out.json) return out.document(account);
  out.print(out.terminal ? `Added  ${name}  (${account.role})` : name);
  if (out.terminal) out.note(`  let them in: sparky user set-password ${name}`);
}

export function named([name = ""]: readonly string[], verb: string): string {
  const { error } = nameSchema.safeParse(name);
  if (error === undefined) return name;
  throw usage(`${JSON.stringify(name)} is no name for an account: ${NAME_RULE}`, `sparky user ${verb} ann`);
}

export async function setRole(context: Context, [name = "", role = ""]: readonly string[]): Promise<void> {
  if (!ROLES.some((each) => each === role)) {
    throw usage(`${JSON.stringify(role)} is no role: one of ${ROLES.join(", ")}`, `sparky user role ${name} member`);
  }
  await change(context, name, { role }, `Now ${article(role)} ${role}`);
}

export async function setDisabled(context: Context, [name = ""]: readonly string[], disabled: boolean): Promise<void> {
  await change(context, name, { disabled }, disabled ? "Disabled" : "Enabled");
}

async function change(context: Context, name: string, body: object, done: string): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const account = await client.request<Account>("PATCH", `/api/users/${encodeURIComponent(name)}`, body);
  if (out.json) return out.document(account);
  out.print(out.terminal ? `${done}  ${account.name}` : account.name);
}

export const article = (role: string): string => (/^[aeiou]/.test(role) ? "an" : "a");
