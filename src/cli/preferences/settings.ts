import { nearest } from "../../core/nearest.ts";
import { PREFERENCE_NAMES, PREFERENCE_WORDS, USUAL, type PreferenceName } from "../../core/preferences.ts";
import type { PreferencesAnswer } from "../../wire/preferences.ts";
import type { Context } from "../command/context.ts";
import { Failure, usage } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";
import { word } from "./word.ts";

const PATH = "/api/preferences";

export async function listSettings(context: Context): Promise<void> {
  const { out } = context;
  const answer = await (await context.client("any")).request<PreferencesAnswer>("GET", PATH);
  if (out.json) return out.document(answer);
  out.table(
    [{ title: "NAME" }, { title: "VALUE" }, { title: "SET" }, { title: "WHAT" }],
    PREFERENCE_NAMES.map((name) => [
      name,
      word(answer.preferences[name]),
      answer.set.includes(name) ? "yes" : "",
      PREFERENCE_WORDS[name],
    ]),
  );
}

export async function getSetting(context: Context, args: readonly string[]): Promise<void> {
  const name = named(args);
  const answer = await (await context.client("any")).request<PreferencesAnswer>("GET", PATH);
  show(context, name, answer);
}

export async function setSetting(context: Context, args: readonly string[]): Promise<void> {
  const name = named(args);
  await change(context, name, valueOf(name, args[1] ?? ""));
}

export async function resetSetting(context: Context, args: readonly string[]): Promise<void> {
  await change(context, named(args), null);
}

async function change(context: Context, name: PreferenceName, value: string | boolean | null): Promise<void> {
  const client = await context.client("any");
  show(context, name, await client.request<PreferencesAnswer>("PATCH", PATH, { [name]: value }));
}

function show({ out }: Context, name: PreferenceName, { preferences, set }: PreferencesAnswer): void {
  const value = preferences[name];
  if (out.json) out.document({ name, value, set: set.includes(name) });
  else out.print(word(value));
}

/** Whether the value may be is for the server to say; here only what is on and off. */
function valueOf(name: PreferenceName, text: string): string | boolean {
  if (typeof USUAL[name] === "string") return text;
  if (["on", "true", "yes"].includes(text)) return true;
  if (["off", "false", "no"].includes(text)) return false;
  throw usage(`${name} is on or off, not ${JSON.stringify(text)}`, `sparky settings set ${name} on`);
}

function named([given = ""]: readonly string[]): PreferenceName {
  const name = PREFERENCE_NAMES.find((each) => each === given);
  if (name !== undefined) return name;
  const close = nearest(given, PREFERENCE_NAMES);
  throw new Failure(
    EXIT.notFound,
    "not_found",
    `there is no setting ${JSON.stringify(given)}`,
    close === null ? "sparky settings list" : `sparky settings get ${close}`,
  );
}
