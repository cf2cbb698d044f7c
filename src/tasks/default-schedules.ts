import { createScheduleIn, type NewSchedule } from "../store/schedules.ts";
import type { Store } from "../store/store.ts";
import type { User } from "../store/user.ts";
import { SMART_MAINTENANCE } from "./smart-maintenance.ts";

/** What every instance begins with. Only the first is on; the others are the owner's to enable, edit or delete. */

/** Each prompt ends with this: a run that finds nothing to do is short. */
const WORTH = "If there is nothing worth doing, change nothing and say so in one line: that is a good result.";

const DEFAULTS: readonly (Omit<NewSchedule, "state" | "overlap" | "catchUp"> & { readonly name: string })[] = [
  {
    name: "smart_maintenance",
    description: "Looks after the knowledge graph: reads its stats and checks, and mends what is needed most",
    when: "every(30 minutes)",
    prompt: SMART_MAINTENANCE,
  },
  {
    name: "reflection",
    description: "Looks back at the tasks of the day and keeps what was learned",
    when: "every(6 hours)",
    prompt: `Look back at recent work and keep what will help later.

1. Read the latest tasks with task_list. Leave out those that came from schedules.
2. For what failed, and for what went well in a way that is worth repeating, find the one reason that matters.
3. Look with graph_search whether it is known already. If not, add one node of type Insight with graph_add, named after the
   lesson, and connect it to what it is about.
4. Report the lessons in a few lines, with the ids of the tasks that they come from.
${WORTH}`,
  },
  {
    name: "curiosity",
    description: "Finds one open question in the graph and writes it down",
    when: "every(12 hours)",
    prompt: `Find the most useful question that the knowledge graph raises and does not answer.

1. Read graph_stats, then look at the least connected types with graph_search.
2. Choose one gap whose answer a person would care about. Do not guess the answer.
3. Look with graph_search whether the question is there already. If not, add one node of type Question with graph_add, and
   connect it to the nodes that raise it.
4. Report the question and why it matters.
${WORTH}`,
  },
  {
    name: "curation",
    description: "Improves the words of a few nodes, from what the graph itself tells",
    when: "every(1 day)",
    prompt: `Improve what is written in the knowledge graph, a few nodes at a time.

1. Call graph_check and take at most three nodes whose content is empty or unclear.
2. Look each up with graph_search, with what it is connected to.
3. Write with graph_add a short, plain content from what the graph itself tells. Never invent a fact.
4. Report which nodes you changed, each with its old and its new words.
${WORTH}`,
  },
  {
    name: "gardener",
    description: "Connects nodes that stand alone with what they plainly belong to",
    when: "every(12 hours)",
    prompt: `Connect what belongs together in the knowledge graph.

1. Call graph_check and take at most five isolated nodes.
2. For each, search with graph_search for what it plainly belongs to: the same subject, a part of it, its author.
3. Add an edge with graph_add only where the nodes' own words prove the relation.
4. Report the edges that you added, and the nodes that you left alone.
${WORTH}`,
  },
  {
    name: "alignment",
    description: "Compares recent work with the goals that the graph knows",
    when: "every(1 day)",
    prompt: `Compare what was done with what is wanted.

1. Find the goals with graph_search for goal, aim and priority.
2. Read the latest tasks with task_list.
3. Say for each goal in one line what served it, and what was done that serves none. Change no goal.
4. If a goal got nothing for a while, name the one next step that would help it. Do not start it.
${WORTH}`,
  },
  {
    name: "metacognition",
    description: "Looks for patterns in how the agent works, and notes one improvement",
    when: "every(1 day)",
    prompt: `Look at how you work, not at what you worked on.

1. Read the latest tasks with task_list, the failed and the long ones first.
2. Look for one pattern: the same error twice, a tool that was called in vain, a plan that was not kept.
3. Look with graph_search whether it is noted. If not, add one node of type Practice with graph_add: when it happens, and
   what to do instead.
4. Report the pattern with its evidence.
${WORTH}`,
  },
  {
    name: "workflow_discovery",
    description: "Finds work that people ask for again and again, and proposes a schedule for it",
    when: "every(7 days)",
    prompt: `Find work that could run by itself.

1. Read the tasks of the last weeks with task_list. Leave out those that came from schedules.
2. Look for instructions that were given at least three times in nearly the same words.
3. For the best one, propose a schedule: a name, when it should run, and the exact prompt. Do not create it.
4. Report the proposal with the ids of the tasks behind it.
${WORTH}`,
  },
];

const OFFERED = "default_schedules";

/** Creates the defaults once in an instance's life: what the owner deletes stays deleted. */
export async function offerDefaultSchedules(store: Store, owner: User): Promise<void> {
  const query = store.db.selectFrom("meta").select("value");
  if ((await query.where("key", "=", OFFERED).executeTakeFirst()) !== undefined) return;
  await store.transact(async (tx) => {
    const made = await tx.db
      .insertInto("meta")
      .values({ key: OFFERED, value: "1" })
      .onConflict((conflict) => conflict.doNothing())
      .returning("key")
      .execute();
    if (made.length === 0) return;
    for (const [i, schedule] of DEFAULTS.entries()) {
      const known = await tx.db
        .selectFrom("schedules")
        .select("id")
        .where("owner_id", "=", owner.id)
        .where("name", "=", schedule.name)
        .where("deleted_at", "is", null)
        .executeTakeFirst();
      if (known !== undefined) continue;
      const id = await createScheduleIn(store, tx, owner, {
        ...schedule,
        ...(i === 0 ? { state: "enabled", catchUp: "skip" } : { state: "disabled" }),
      });
      await tx.db
        .updateTable("schedules")
        .set({ chat_id: await chatOfBefore(tx.db, schedule.name) })
        .where("id", "=", id)
        .execute();
    }
  });
}

/** An older version ran it by hand, in a chat that had its name. */
async function chatOfBefore(db: Store["db"], name: string): Promise<string | null> {
  const row = await db
    .selectFrom("chats")
    .select("id")
    .where("schedule", "=", name)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row?.id ?? null;
}
