import { expect, test } from "vitest";
import { FACT_CHANGES } from "./events.ts";
import { factWords } from "./fact-words.ts";

test("what became of something that is remembered is told in plain words, and of what is forgotten not what it was", () => {
  const told = FACT_CHANGES.map((change) =>
    factWords({ factId: "f", change, ...(change === "forgotten" ? { by: "ann" } : { text: "My dog is called Rex" }) }),
  );
  expect(told).toEqual([
    "Remembered: My dog is called Rex",
    "Remembered already, and said again: My dog is called Rex",
    "No longer so, and kept with its time: My dog is called Rex",
    "Put aside: My dog is called Rex",
    "Forgotten, as ann asked",
    "Proposed to be remembered, until a person confirms it: My dog is called Rex",
  ]);
  expect(factWords({ factId: "f", change: "forgotten" })).toBe("Forgotten");
});
