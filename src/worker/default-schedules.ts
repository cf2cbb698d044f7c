import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writePrivate } from "../store/home/home.ts";
import { createScheduleIn, type NewSchedule } from "../store/schedules/change.ts";
import type { Store } from "../store/database/store.ts";
import type { User } from "../store/people/user.ts";

/** What every instance begins with. Only the first is on; the others are the owner's to enable, edit or delete. */

const DEFAULTS: readonly Pick<NewSchedule, "name" | "when" | "description">[] = [
  {
    name: "smart_maintenance",
    description: "Looks after the knowledge graph: reads its stats and checks, and mends what is needed most",
    when: "every(30 minutes)",
  },
  {
    name: "reflection",
    description: "Looks back at the tasks of the day and keeps what was learned",
    when: "every(6 hours)",
  },
  {
    name: "curiosity",
    description: "Finds one open question in the graph and writes it down",
    when: "every(12 hours)",
  },
  {
    name: "curation",
    description: "Improves the words of a few nodes, from what the graph itself tells",
    when: "every(1 day)",
  },
  {
    name: "gardener",
    description: "Connects nodes that stand alone with what they plainly belong to",
    when: "every(12 hours)",
  },
  {
    name: "alignment",
    description: "Compares recent work with the goals that the graph knows",
    when: "every(1 day)",
  },
  {
    name: "metacognition",
    description: "Looks for patterns in how the agent works, and notes one improvement",
    when: "every(1 day)",
  },
  {
    name: "workflow_discovery",
    description: "Finds work that people ask for again and again, and proposes a schedule for it",
    when: "every(7 days)",
  },
];

const OFFERED = "default_schedules";
const PROMPTS = "prompts";

/** Writes the prompts that the home does not have; those that it has are its owner's. `from`: where Sparky brings them. */
export function writePrompts(from: string, home: string): void {
  const folder = join(home, PROMPTS);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.endsWith(".md") && !existsSync(join(folder, name))) {
      writePrivate(join(folder, name), readFileSync(join(from, name), "utf8"));
    }
  }
}

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
        prompt: `file(${PROMPTS}/${schedule.name}.md)`,
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
