import { expect, test } from "vitest";
import { Presence } from "./presence.ts";

function scene() {
  const presence = new Presence();
  const enter = (name: string, chat = "c") => {
    const heard: string[] = [];
    const leave = presence.enter(chat, { name, told: (names) => void heard.push(names.join(" ")) });
    return { heard, leave };
  };
  return { presence, enter };
}

test("who comes is told who is there, and those who are there that they have come; so with who leaves", () => {
  const { presence, enter } = scene();
  const bob = enter("bob");
  const ann = enter("ann");
  expect([bob.heard, ann.heard]).toEqual([["bob", "ann bob"], ["ann bob"]]);
  bob.leave();
  bob.leave();
  expect([bob.heard, ann.heard]).toEqual([
    ["bob", "ann bob"],
    ["ann bob", "ann"],
  ]);
  ann.leave();
  expect(presence.names("c")).toEqual([]);
});

test("one person in two tabs is there once, until both are gone, and nobody is told of the second", () => {
  const { enter } = scene();
  const ann = enter("ann");
  const [one, other] = [enter("bob"), enter("bob")];
  expect(other.heard).toEqual(["ann bob"]);
  one.leave();
  expect(ann.heard).toEqual(["ann", "ann bob"]);
  other.leave();
  expect(ann.heard).toEqual(["ann", "ann bob", "ann"]);
});

test("each chat has its own", () => {
  const { presence, enter } = scene();
  const ann = enter("ann", "a");
  enter("bob", "b");
  expect(ann.heard).toEqual(["ann"]);
  expect([presence.names("a"), presence.names("b")]).toEqual([["ann"], ["bob"]]);
});
