import {
  LIMIT_NAMES,
  SPENDING_LIMITS,
  type LimitName,
  type LimitUnit,
  type SpendingLimit,
} from "../../core/limit-words.ts";
import type { User } from "../../wire/api.ts";
import type { PersonLimits } from "../../wire/people.ts";
import type { Context } from "../command/context.ts";
import { usage } from "../console/failure.ts";
import { ago } from "../console/text.ts";

export type LimitsOptions = { [name in LimitName]?: number | "none" } & { none?: true };

/** What each is called, what it counts, and until when; those that count no time are told by themselves. */
const ROWS: {
  readonly [name in SpendingLimit]: readonly [what: string, part: Exclude<LimitUnit, "tasks">, of: "day" | "month"];
} = {
  requestsPerDay: ["requests a day", "requests", "day"],
  requestsPerMonth: ["requests a month", "requests", "month"],
  tokensPerDay: ["tokens a day", "tokens", "day"],
  tokensPerMonth: ["tokens a month", "tokens", "month"],
  dollarsPerDay: ["dollars a day", "dollars", "day"],
  dollarsPerMonth: ["dollars a month", "dollars", "month"],
};

/** Shows somebody's limits, after setting those that are named. */
export async function limits(context: Context, args: readonly string[], options: LimitsOptions): Promise<void> {
  const { out, io } = context;
  const named = LIMIT_NAMES.filter((name) => options[name] !== undefined);
  if (options.none === true && named.length > 0) {
    throw usage("--none takes all limits away: it stands alone", `sparky user limits ${args[0] ?? "ann"} --none`);
  }
  const changed = options.none === true ? LIMIT_NAMES : named;
  const valueOf = (limit: LimitName): number | null => {
    const value = options[limit] ?? "none";
    return value === "none" ? null : value;
  };
  const changes = Object.fromEntries(changed.map((limit) => [limit, valueOf(limit)]));
  const client = await context.client("any");
  const name = args[0] ?? (await client.request<User>("GET", "/api/me")).name;
  const path = `/api/users/${encodeURIComponent(name)}/limits`;
  const told =
    changed.length === 0
      ? await client.request<PersonLimits>("GET", path)
      : await client.request<PersonLimits>("PATCH", path, changes);
  if (out.json) return out.document(told);
  const number = (n: number): string => (out.terminal ? n.toLocaleString("en-US") : String(n));
  const allowed = (limit: number | null): string => (limit === null ? "no limit" : number(limit));
  const { working, queued } = told.tasks;
  out.table(
    [{ title: "LIMIT" }, { title: "USED" }, { title: "OF" }, { title: "BEGINS ANEW" }],
    [
      ...SPENDING_LIMITS.map((each) => {
        const [what, part, of] = ROWS[each];
        const limit = told.limits[each];
        const { endsAt } = told[of];
        const until = out.terminal ? ago(endsAt, io.now()) : endsAt;
        return [what, number(told[of][part]), allowed(limit), limit === null ? "" : until];
      }),
      [
        "tasks at once",
        number(working),
        allowed(told.limits.tasksAtOnce),
        queued > 0 ? `${number(queued)} queued` : "",
      ],
    ],
  );
}
