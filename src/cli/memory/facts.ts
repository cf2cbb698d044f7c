import { nearest } from "../../core/nearest.ts";
import type { List } from "../../wire/api.ts";
import type { Fact, FactPatch, NewFact } from "../../wire/facts.ts";
import type { Client } from "../client/client.ts";
import { confirmed } from "../command/confirm.ts";
import type { Context } from "../command/context.ts";
import { cut } from "../console/columns.ts";
import { Failure, usage } from "../console/failure.ts";
import { printFields } from "../console/fields.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { oneLine, shortId } from "../console/text.ts";
import { nodeId } from "../graph/show.ts";

export type ListOptions = { about?: string; kind?: string; status?: string; limit?: number; cursor?: string };

export async function listFacts(context: Context, _args: readonly string[], options: ListOptions): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const { about, kind, status, limit = 20, cursor } = options;
  const query = new URLSearchParams({
    limit: String(limit),
    ...(about !== undefined && { about: about === "me" ? about : await nodeId(client, about, undefined) }),
    ...(kind !== undefined && { kind }),
    ...(status !== undefined && { status }),
    ...(cursor !== undefined && { cursor }),
  });
  const list = await client.request<List<Fact>>("GET", `/api/facts?${query}`);
  if (out.json) return out.document(list);
  if (list.items.length === 0) return out.note("No facts.");
  out.table(
    [{ title: "ID" }, { title: "ABOUT", max: 20 }, { title: "KIND" }, { title: "STATUS" }, { title: "WHAT" }],
    list.items.map((fact) => [
      out.terminal ? shortId(fact.id) : fact.id,
      fact.subject.name,
      fact.kind,
      fact.pinned ? `${fact.status}, pinned` : fact.status,
      fact.text,
    ]),
  );
  if (list.next !== null && out.terminal) out.note("There are more: --limit, or --cursor with the `next` of --json");
}

export async function showFact(context: Context, args: readonly string[]): Promise<void> {
  const client = await context.client("any");
  print(context, await factFor(client, args[0] ?? ""));
}

export type AddOptions = { about?: string; relation?: string; kind?: NewFact["kind"]; pin?: boolean };

export async function addFact(context: Context, args: readonly string[], options: AddOptions): Promise<void> {
  const client = await context.client("any");
  const { about = "me", relation, kind, pin } = options;
  const body = {
    subject: about,
    text: args[0] ?? "",
    ...(relation !== undefined && { relation }),
    ...(kind !== undefined && { kind }),
    ...(pin && { pinned: true }),
  };
  print(context, await client.request<Fact>("POST", "/api/facts", body satisfies NewFact));
}

/** Changes a fact, and shows it as it is then. */
export async function patchFact(context: Context, given: string, patch: FactPatch): Promise<void> {
  const client = await context.client("any");
  const { id } = await factFor(client, given);
  print(context, await client.request<Fact>("PATCH", `/api/facts/${id}`, patch));
}

/** What the agent proposes to remember: looked through, or answered one by one. */
export async function reviewFacts(context: Context, args: readonly string[]): Promise<void> {
  const [given, answer] = args;
  if (given === undefined) return listFacts(context, [], { status: "proposed" });
  if (answer !== "yes" && answer !== "no") {
    throw usage("say whether it is so: yes or no", `sparky memory review ${given} yes`);
  }
  return patchFact(context, given, { status: answer === "yes" ? "active" : "retired" });
}

export async function forgetFact(
  context: Context,
  args: readonly string[],
  options: { readonly yes?: boolean },
): Promise<ExitCode> {
  const { out } = context;
  const client = await context.client("any");
  const { id, text } = await factFor(client, args[0] ?? "");
  const question = `Forget "${cut(oneLine(text), 60)}"? It cannot be brought back.`;
  const line = `sparky memory forget ${shortId(id)} --yes`;
  const kept = "Nothing was forgotten.";
  if (!(await confirmed(context, { yes: options.yes, question, act: "forgetting", line, kept }))) return EXIT.error;
  await client.request<unknown>("DELETE", `/api/facts/${id}`);
  if (out.json) out.document({ id, forgotten: true });
  else out.print(out.terminal ? `Forgotten  ${shortId(id)}` : id);
  return EXIT.ok;
}

/** All that is known, one fact a line, the newest first; what was forgotten has no words to tell. */
export async function exportFacts(context: Context): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const items: Fact[] = [];
  for await (const fact of allFacts(client)) {
    if (fact.status === "forgotten") continue;
    if (out.json) items.push(fact);
    else out.document(fact);
  }
  if (out.json) out.document({ items, next: null, total: items.length });
}

async function* allFacts(client: Client): AsyncGenerator<Fact> {
  let cursor: string | null = "";
  while (cursor !== null) {
    const query = new URLSearchParams({ status: "all", limit: "500", ...(cursor !== "" && { cursor }) });
    const page: List<Fact> = await client.request<List<Fact>>("GET", `/api/facts?${query}`);
    yield* page.items;
    cursor = page.next;
  }
}

const FEWEST = 4;
const CANDIDATES = 5;

/** The fact that a person meant, by its id or the id's first 4 or more characters. */
async function factFor(client: Client, given: string): Promise<Fact> {
  if (given.length < FEWEST) {
    throw usage(
      `"${oneLine(given)}" is too short for the id of a fact: give at least 4 characters`,
      "sparky memory list",
    );
  }
  const query = new URLSearchParams({ status: "all", prefix: given, limit: String(CANDIDATES + 1) });
  const { items: found } = await client.request<List<Fact>>("GET", `/api/facts?${query}`);
  const [only] = found;
  if (only === undefined) {
    // Without it there is still something to say.
    const hint = (await nearFact(client, given).catch(() => null)) ?? "sparky memory list";
    throw new Failure(EXIT.notFound, "not_found", `no fact's id starts with "${oneLine(given)}"`, hint);
  }
  if (found.length === 1) return only;
  const more = found.length > CANDIDATES ? "\n  …" : "";
  throw usage(
    `"${given}" is the start of several ids:${rowsOf(found.slice(0, CANDIDATES))}${more}`,
    "give more characters of the id",
  );
}

const rowsOf = (facts: readonly Fact[]): string =>
  facts.map((fact) => `\n  ${fact.id}  ${cut(oneLine(fact.text), 60)}`).join("");

/** So many are compared with one that is not there. */
const COMPARED = 100;

/** Those that say these words, else the one whose id is nearly that. */
async function nearFact(client: Client, given: string): Promise<string | null> {
  const { items } = await client.request<List<Fact>>("GET", `/api/facts?limit=${COMPARED}`);
  const words = given.trim().toLowerCase();
  const said = items.filter(({ text }) => text.toLowerCase().includes(words)).slice(0, CANDIDATES);
  if (said.length > 0) return `name it by its id:${rowsOf(said)}`;
  const near = nearest(
    given,
    items.map(({ id }) => id.slice(0, Math.max(given.length, FEWEST))),
  );
  const fact = near === null ? undefined : items.find(({ id }) => id.startsWith(near));
  return fact === undefined ? null : `did you mean ${shortId(fact.id)}, "${cut(oneLine(fact.text), 60)}"?`;
}

function print({ out }: Context, fact: Fact): void {
  if (out.json) return out.document(fact);
  printFields(out, [
    ["id", fact.id],
    ["about", `${fact.subject.type} ${fact.subject.name}`],
    ["text", fact.text],
    ["relation", fact.relation ?? null],
    ["kind", fact.kind],
    ["status", fact.status],
    ["said by", fact.stated ? fact.author : `${fact.author}, as the agent understood it`],
    ["since", fact.validFrom ?? null],
    ["until", fact.validTo ?? null],
    ["recorded", fact.recordedAt],
    ["replaced by", fact.supersededBy ?? null],
    ["sources", fact.sources.map(({ chatId, seq }) => `${chatId}#${seq}`).join(", ") || null],
    ["uses", String(fact.uses)],
    ["pinned", fact.pinned ? "yes" : "no"],
    ["shared", fact.shared ? "yes" : "no"],
  ]);
}
