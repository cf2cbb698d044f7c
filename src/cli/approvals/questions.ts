import { byWhom } from "../../core/answered-by.ts";
import type { Json } from "../../core/events.ts";
import { exactLine, exactText } from "../../core/exact.ts";
import { answerWords, formFields, type FormField } from "../../core/form.ts";
import type { List } from "../../wire/api.ts";
import type { NewAnswer, Question } from "../../wire/questions.ts";
import { warnWithoutLoop } from "../command/agent-loop.ts";
import type { Context } from "../command/context.ts";
import { questionId } from "../command/ids.ts";
import { usage } from "../console/failure.ts";
import { ago, shortId } from "../console/text.ts";
import type { ListOptions } from "./approvals.ts";

export type AnswerOptions = { field?: readonly string[]; decline?: true };

export async function listQuestions(context: Context, _args: readonly string[], options: ListOptions): Promise<void> {
  const { out, io } = context;
  const query = new URLSearchParams({ limit: String(options.limit ?? 20) });
  if (options.all) query.set("state", "all");
  if (options.cursor !== undefined) query.set("cursor", options.cursor);
  const list = await (await context.client("any")).request<List<Question>>("GET", `/api/questions?${query}`);
  if (out.json) return out.document(list);
  if (list.items.length === 0) return out.note(options.all ? "Nothing was ever asked." : "No question waits for you.");
  if (!out.terminal) {
    return out.table(
      [{ title: "ID" }, { title: "STATE" }, { title: "FOR" }, { title: "ASKED" }, { title: "BY" }, { title: "WHAT" }],
      list.items.map((item) => [
        item.id,
        item.state,
        item.chatTitle,
        item.askedAt,
        byWhom(item.by, item.via) ?? "",
        exactLine(item.text),
      ]),
    );
  }
  for (const question of list.items) {
    const head = `${shortId(question.id)}  ${question.state}  ${exactLine(question.chatTitle, 40)}`;
    const until =
      question.state === "asked"
        ? `expires ${ago(question.expiresAt, io.now())}`
        : (byWhom(question.by, question.via) ?? "");
    out.print(`${head}  ${out.paint.dim(until)}`);
    for (const line of linesOf(question)) out.print(`  ${line}`);
  }
  if (list.items.some(({ canAnswer }) => canAnswer)) out.note('  answer: sparky approvals answer ID "your words"');
  if (list.next !== null) out.note("There are more: --limit, or --cursor with the `next` of --json");
}

/** The whole question: what is answered is never cut short. */
function linesOf({ text, choices, form, answer }: Question): readonly string[] {
  return [
    ...exactText(text).split("\n"),
    ...choices.map((choice) => `- ${exactLine(choice)}`),
    ...(formFields(form) ?? []).map(fieldLine),
    ...(answer === null ? [] : [`→ ${exactLine(answerWords(answer))}`]),
  ];
}

function fieldLine({ name, title, kind, options, required }: FormField): string {
  const what = options.length > 0 ? options.map(({ value }) => value).join("|") : kind;
  const said = title === name ? "" : `  ${title}`;
  return exactLine(`--field ${name}=${what}${required ? "" : " (optional)"}${said}`);
}

export async function answer(context: Context, args: readonly string[], options: AnswerOptions): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const id = await questionId(client, args[0] ?? "");
  const question = await client.request<Question>("GET", `/api/questions/${id}`);
  const body: NewAnswer = { answer: answerOf(question, args[1], options) };
  const answered = await client.request<Question>("POST", `/api/questions/${id}`, body);
  if (out.json) return out.document(answered);
  if (out.terminal)
    out.print(`${options.decline ? "Declined" : "Answered"}  ${shortId(id)}  ${exactLine(answered.text, 60)}`);
  else out.print(`${answered.id}\t${answered.state}`);
  if (answered.taskId !== null || client.endpoint === null) await warnWithoutLoop(context, client);
}

function answerOf(
  question: Question,
  words: string | undefined,
  { field, decline }: AnswerOptions,
): NewAnswer["answer"] {
  const ways = [words, field, decline].filter((way) => way !== undefined);
  if (ways.length !== 1) throw usage("give the answer in words, or --field for each field of a form, or --decline");
  if (decline) return null;
  const fields = formFields(question.form);
  if (words !== undefined) {
    if (fields === null) return words;
    throw usage("this question is a form", `sparky approvals answer ${shortId(question.id)} --field NAME=VALUE`);
  }
  return Object.fromEntries((field ?? []).map((given) => filledIn(fields ?? [], given)));
}

/** What it must be is checked where it is kept. */
function filledIn(fields: readonly FormField[], given: string): readonly [name: string, value: Json] {
  const [, name = "", value = ""] = /^([^=]+)=(.*)$/s.exec(given) ?? [];
  const kind = fields.find((field) => field.name === name)?.kind;
  if (kind === undefined) {
    const names = fields.map((field) => field.name).join(", ");
    throw usage(`--field ${given}: ${names === "" ? "this question is no form" : `the fields are ${names}`}`);
  }
  if (kind === "choices") return [name, value.split(",").map((one) => one.trim())];
  const isNumber = (kind === "number" || kind === "integer") && value.trim() !== "" && Number.isFinite(Number(value));
  if (isNumber) return [name, Number(value)];
  return [name, kind === "boolean" && /^(true|false)$/.test(value) ? value === "true" : value];
}
