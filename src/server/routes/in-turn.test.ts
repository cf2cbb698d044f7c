import { expect, test } from "vitest";
import { InTurn } from "./in-turn.ts";

function held(log: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const work = (): Promise<string> => {
    log.push(name);
    return promise;
  };
  return { work, resolve, reject };
}

test("one person's are done one after the other, a failed one too; others do not wait for them; of too many the next is refused", async () => {
  const turns = new InTurn(2);
  const log: string[] = [];
  const [first, second, other, later] = ["first", "second", "other", "later"].map((name) => held(log, name));
  if (!first || !second || !other || !later) throw new Error("four");
  const one = turns.ask("ann", first.work);
  const two = turns.ask("ann", second.work);
  const bobs = turns.ask("bob", other.work);
  await expect(turns.ask("ann", later.work)).rejects.toMatchObject({ code: "rate_limited" });
  other.resolve("b");
  expect(await bobs).toBe("b");
  expect(log).toEqual(["first", "other"]);
  first.reject(new Error("broken"));
  await expect(one).rejects.toThrow("broken");
  second.resolve("s");
  expect(await two).toBe("s");
  later.resolve("l");
  expect(await turns.ask("ann", later.work)).toBe("l");
  expect(log).toEqual(["first", "other", "second", "later"]);
});
