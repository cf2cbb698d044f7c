import { exactLine } from "../../core/exact.ts";
import { shorten } from "../../core/text.ts";
import type { Prompts, Resources } from "../../wire/offers.ts";
import type { Context } from "../command/context.ts";
import { oneLine } from "../console/text.ts";

const MOST = 500;

export async function listResources(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const [server] = args;
  const q = server === undefined ? "" : `@${server}:`;
  const path = `/api/resources?limit=${MOST}&q=${encodeURIComponent(q)}`;
  const list = await (await context.client("any")).request<Resources>("GET", path);
  const items = list.items.filter((each) => server === undefined || each.server === server);
  const problems = list.problems.filter((each) => server === undefined || each.server === server);
  if (out.json) return out.document({ ...list, items, problems });
  out.table(
    [{ title: "REFERENCE" }, { title: "NAME", max: 40 }, { title: "WHAT" }],
    items.map(({ reference, template, name, description }) => [
      exactLine(reference),
      exactLine(name),
      shorten(
        [template ? "fill in what stands in {}" : "", exactLine(description)]
          .filter((words) => words !== "")
          .join(" · "),
        90,
      ),
    ]),
  );
  tellProblems(context, problems);
  if (items.length > 0) out.note("  Write one into a message, and the agent is given what it is.");
  else out.note("  No server whose tools were looked at offers any: sparky mcp test NAME");
  if ((list.total ?? 0) > list.items.length) out.note(`  ${list.total} in all: only ${list.items.length} are shown`);
}

export async function listPrompts(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const [server] = args;
  const list = await (await context.client("any")).request<Prompts>("GET", "/api/prompts");
  const items = list.items.filter((each) => server === undefined || each.server === server);
  const problems = list.problems.filter((each) => server === undefined || each.server === server);
  if (out.json) return out.document({ ...list, items, problems, total: items.length });
  out.table(
    [{ title: "NAME" }, { title: "SERVER" }, { title: "ARGUMENTS" }, { title: "WHAT" }],
    items.map((prompt) => [
      exactLine(prompt.name),
      prompt.server ?? "",
      prompt.args.map(({ name, required }) => exactLine(required ? name : `[${name}]`)).join(" "),
      shorten(exactLine(prompt.description), 90),
    ]),
  );
  tellProblems(context, problems);
  if (items.length > 0)
    out.note("  On the page and in sparky chat, / offers them; from here: sparky chat send --prompt NAME");
}

function tellProblems({ out }: Context, problems: Resources["problems"]): void {
  for (const { server, message } of problems) out.note(`  ${server}: ${oneLine(message)}`);
}
