import { exactText } from "../../core/exact.ts";
import type { List } from "../../wire/api.ts";
import type { Skill, SkillFile, SkillWithFiles } from "../../wire/skills.ts";
import type { Context } from "../command/context.ts";
import { printFields } from "../console/fields.ts";
import type { Output } from "../console/output.ts";
import { ago, oneLine } from "../console/text.ts";

export type ShowOptions = { place?: string; file?: string };

export async function listSkills(context: Context): Promise<void> {
  const { out } = context;
  const list = await (await context.client("any")).request<List<Skill>>("GET", "/api/skills");
  if (out.json) return out.document(list);
  if (list.items.length === 0) return out.note("There are no skills. Add one: sparky skills add FOLDER");
  out.table(
    [
      { title: "NAME", max: 30 },
      { title: "STATE" },
      { title: "PLACE" },
      { title: "USED" },
      { title: "BY" },
      { title: "WHAT" },
    ],
    list.items.map((skill) => [
      skill.name,
      skill.state,
      skill.place,
      skill.used ? "yes" : "no",
      skill.by ?? "",
      exactText(oneLine(skill.problem ?? skill.description)),
    ]),
  );
  const waiting = list.items.filter(
    ({ state, canDecide }) => canDecide && (state === "waiting" || state === "changed"),
  );
  const [first] = waiting;
  if (first !== undefined && out.terminal)
    out.note(
      `${waiting.length} ${waiting.length === 1 ? "waits" : "wait"} for a yes: sparky skills show ${first.name}`,
    );
}

export const pathOf = (name: string, tail = "", place?: string): string =>
  `/api/skills/${encodeURIComponent(name)}${tail}${place === undefined ? "" : `?place=${place}`}`;

export async function showSkill(context: Context, args: readonly string[], options: ShowOptions): Promise<void> {
  const { out, io } = context;
  const client = await context.client("any");
  const name = args[0] ?? "";
  if (options.file !== undefined) {
    const query = new URLSearchParams({
      path: options.file,
      ...(options.place !== undefined && { place: options.place }),
    });
    const file = await client.request<SkillFile>("GET", `${pathOf(name, "/files")}?${query}`);
    if (out.json) return out.document(file);
    return file.text === null
      ? out.note(`${file.path} is a binary file of ${file.bytes} bytes`)
      : printText(out, file.text);
  }
  const skill = await client.request<SkillWithFiles>("GET", pathOf(name, "", options.place));
  if (out.json) return out.document(skill);
  const time = (iso: string): string => (out.terminal ? `${iso}  (${ago(iso, io.now())})` : iso);
  printFields(out, [
    ["name", skill.name],
    ["what", exactText(skill.description)],
    ["state", skill.state],
    ["used", skill.used ? "yes" : "no"],
    ["place", `${skill.place}  ${skill.path}`],
    ["begun", skill.byPersonOnly ? "by a person only: the model is not told of it" : null],
    ["hash", skill.hash],
    ["approved", skill.approvedHash === skill.hash ? null : skill.approvedHash],
    ["by", skill.by],
    ["at", skill.at === null ? null : time(skill.at)],
    ["files", skill.contents.map(({ path, bytes }) => `${path}  ${bytes} bytes`).join("\n")],
    ["problem", skill.problem],
    ["warnings", skill.warnings.length === 0 ? null : skill.warnings.join("\n")],
  ]);
  if (!out.terminal) return;
  out.print("");
  if (skill.diff === "") printText(out, skill.text);
  else printDiff(out, skill.diff);
  if (skill.diff !== "" && skill.canDecide) out.note(`  let runs use it: sparky skills approve ${skill.name}`);
}

/** What is not seen is spelled out: somebody else has written it. */
function printText(out: Output, text: string): void {
  out.print((out.terminal ? exactText(text) : text).trimEnd());
}

export function printDiff(out: Output, diff: string): void {
  for (const line of exactText(diff).trimEnd().split("\n")) {
    const paint = line.startsWith("+") ? out.paint.green : line.startsWith("-") ? out.paint.red : String;
    out.print(paint(line));
  }
}
