import { expect, test } from "vitest";
import { answerOf, dataIn, play } from "./scene.ts";
import { WIRE_NAMES, WIRES } from "./wires.ts";

/** Providers charge a tenth for what they have just read: as long as each request begins, byte by byte, as the one before. */

const STEPS = 20;
/** Longer than the time that a run is told stays good for. */
const BUSY = { status: 503, headers: { "retry-after": "900" }, body: "{}" };

/** What a request says beside the conversation, and the conversation up to its last closing signs. */
function halvesOf(body: string): readonly [rest: string, conversation: string] {
  const request = JSON.parse(body) as { readonly [key: string]: unknown };
  const key = ["messages", "input", "contents"].find((each) => each in request) ?? "";
  return [JSON.stringify({ ...request, [key]: null }), JSON.stringify(request[key]).replace(/["\]}]+$/, "")];
}

test.each(WIRE_NAMES)(
  "over a run of 20 steps on %s every request is the one before with something added behind it",
  async (name) => {
    const wire = WIRES[name];
    const steps = Array.from({ length: STEPS - 1 }, (_, at) => ({
      thought: `I look at page ${at}.`,
      text: at % 3 === 0 ? [`Page ${at}: `, "let me see."] : [],
      calls: [{ name: "note", args: JSON.stringify({ text: `page ${at}` }) }],
    }));
    const replies = [...steps, { text: ["That was all."] }].map((said) => ({ body: wire.answer(said) }));
    replies.splice(STEPS / 2, 0, BUSY);
    const outcome = await play({ wire: name, replies, says: "Read all pages, please." });
    expect(outcome.run.state).toBe("completed");
    expect(answerOf(outcome)).toBe("That was all.");
    expect(dataIn(outcome, "usage")).toHaveLength(STEPS);
    expect(outcome.requests).toHaveLength(STEPS + 1);
    const [first = "", ...others] = outcome.requests;
    let [rest, before] = halvesOf(first);
    for (const body of others) {
      const [its, conversation] = halvesOf(body);
      expect(its).toBe(rest);
      expect(conversation.startsWith(before)).toBe(true);
      [rest, before] = [its, conversation];
    }
    // Told at its beginning, and again where it went on after a quarter of an hour.
    expect(before.match(/It is \d{4}-\d\d-\d\dT\d\d:\d\dZ now/g)).toHaveLength(2);
  },
);
