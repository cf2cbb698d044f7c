import { expect, test } from "vitest";
import { instructionsFor, type PromptInput } from "./prompt.ts";

const ann = { userId: "u1", name: "ann", isAgent: false };
const base: PromptInput = {
  principal: ann,
  task: null,
  timeZone: "Europe/Vienna",
  hasTools: true,
  skills: "",
};
const instructions = (more: Partial<PromptInput> = {}) => instructionsFor({ ...base, ...more });

test.each([
  { what: "a chat", more: {}, says: [/talking with a person/, /ann, with their rights only/], not: [/by yourself/] },
  { what: "a task", more: { task: { schedule: null } }, says: [/working on a task by yourself/], not: [/schedule/] },
  { what: "a schedule's task", more: { task: { schedule: "nightly" } }, says: [/by yourself/, /"nightly"/], not: [] },
  {
    what: "the agent itself",
    more: { principal: { ...ann, isAgent: true } },
    says: [/for whoever has asked/],
    not: [/ann/],
  },
  { what: "a run with tools", more: {}, says: [/Use the tools/, /knowledge graph/, /no word of theirs/], not: [] },
  { what: "a run without tools", more: { hasTools: false }, says: [], not: [/Use the tools/, /knowledge graph/] },
])("F34: the instructions of $what fit it", ({ more, says, not }) => {
  const text = instructions(more);
  for (const pattern of says) expect(text).toMatch(pattern);
  for (const pattern of not) expect(text).not.toMatch(pattern);
});
