import type { Store, Tx } from "../database/store.ts";

/** How far a person's welcome has come: kept here, so that it goes on in another tab and never begins again. */

const STEPS = ["model", "tools", "schedules", "done"] as const;
export type WelcomeStep = (typeof STEPS)[number];

const keyOf = (userId: string): string => `welcome:${userId}`;

export async function welcomeOf(store: Store, userId: string): Promise<WelcomeStep> {
  const row = await store.db.selectFrom("meta").select("value").where("key", "=", keyOf(userId)).executeTakeFirst();
  return STEPS.find((step) => step === row?.value) ?? "model";
}

/** Once done it stays so, whatever a tab says that was left open. */
export async function setWelcome(store: Store, userId: string, step: WelcomeStep): Promise<void> {
  await store.transact(({ db }) =>
    db
      .insertInto("meta")
      .values({ key: keyOf(userId), value: step })
      .onConflict((oc) => oc.column("key").doUpdateSet({ value: step }).where("meta.value", "<>", "done"))
      .execute(),
  );
}

/** For an owner who comes later: everything is set up by then. */
export async function skipWelcome({ db }: Tx, userId: string): Promise<void> {
  const done = { key: keyOf(userId), value: "done" };
  await db
    .insertInto("meta")
    .values(done)
    .onConflict((oc) => oc.column("key").doNothing())
    .execute();
}
