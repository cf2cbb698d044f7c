import { beforeEach, expect, test, vi } from "vitest";
import { addToDraft, draftsOf, handOverDraft, keepDraft } from "./draft.ts";

/** What a browser keeps, by name. */
let kept: Map<string, string>;

beforeEach(() => {
  kept = new Map();
  const storage: Partial<Storage> = {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
    key: (at) => [...kept.keys()][at] ?? null,
  };
  Object.defineProperty(storage, "length", { get: () => kept.size });
  vi.stubGlobal("localStorage", storage);
  return () => vi.unstubAllGlobals();
});

test("drafts are each person's own, also what a chat takes over and what is quoted into it", () => {
  draftsOf("ann");
  keepDraft("new", "Ann's plan");
  draftsOf("bob");
  addToDraft("c1", "> quoted");
  keepDraft("new", "");
  handOverDraft("new", "c2");
  expect(Object.fromEntries(kept)).toEqual({ "sparky.draft.ann.new": "Ann's plan", "sparky.draft.bob.c1": "> quoted" });
  draftsOf("ann");
  handOverDraft("new", "c2");
  expect(Object.fromEntries(kept)).toEqual({ "sparky.draft.ann.c2": "Ann's plan", "sparky.draft.bob.c1": "> quoted" });
});

test("drafts of an earlier version become those of who signs in first, and nobody else's", () => {
  kept.set("sparky.draft.new", "old");
  kept.set("sparky.draft.c1", "older");
  kept.set("sparky.draft.cid.c1", "newer");
  kept.set("sparky.theme", "dark");
  draftsOf("cid");
  draftsOf("dan");
  expect(Object.fromEntries(kept)).toEqual({
    "sparky.draft.cid.new": "old",
    "sparky.draft.cid.c1": "newer",
    "sparky.theme": "dark",
  });
});
