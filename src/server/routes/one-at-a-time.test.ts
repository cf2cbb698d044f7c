import { expect, test } from "vitest";
import { OneAtATime } from "./one-at-a-time.ts";

test("who asks while it is worked on shares the next work, which begins when that is over, well or not", async () => {
  const works = new OneAtATime<number>();
  const begun: PromiseWithResolvers<number>[] = [];
  const work = (): Promise<number> => {
    const one = Promise.withResolvers<number>();
    begun.push(one);
    return one.promise;
  };
  const first = works.ask("ann", work);
  const shared = [works.ask("ann", work), works.ask("ann", work)];
  const others = works.ask("bob", work);
  expect(begun).toHaveLength(2);
  begun[1]?.resolve(7);
  expect(await others).toBe(7);
  begun[0]?.reject(new Error("no"));
  await expect(first).rejects.toThrow("no");
  await Promise.resolve();
  expect(begun).toHaveLength(3);
  const last = works.ask("ann", work);
  begun[2]?.resolve(8);
  expect(await Promise.all(shared)).toEqual([8, 8]);
  await Promise.resolve();
  expect(begun).toHaveLength(4);
  begun[3]?.resolve(9);
  expect(await last).toBe(9);
  // Nothing of it is kept: the next one begins at once.
  const fresh = works.ask("ann", work);
  expect(begun).toHaveLength(5);
  begun[4]?.resolve(10);
  expect(await fresh).toBe(10);
});
