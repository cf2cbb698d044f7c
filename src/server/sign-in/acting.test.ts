import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { sqlite } from "../../../test/kit/databases.ts";
import { lookBackOf } from "../../store/database/look-back.ts";
import { stemmerOf } from "../../store/recall/stems.ts";
import { follow, type Follower } from "../../store/search/behind.ts";
import { Acting } from "./acting.ts";

test("what a process keeps of a store is there once, and fills the index one after another, whoever acts on it", async () => {
  const store = await sqlite.store();
  const { store: acting } = new Acting(store);
  expect(acting).not.toBe(store);
  expect(lookBackOf(acting, "a look")).toBe(lookBackOf(store, "a look"));
  expect(await stemmerOf(acting)).toBe(await stemmerOf(store));
  let [together, most, looks] = [0, 0, 0];
  const follower: Follower = {
    marks: "recall_chats",
    open: async () => async () => 0,
    async hasMore() {
      looks++;
      most = Math.max(most, ++together);
      await setImmediate();
      together--;
      return false;
    },
  };
  await Promise.all([follow(store, follower, 10), follow(acting, follower, 10)]);
  expect([looks, most]).toEqual([2, 1]);
});
