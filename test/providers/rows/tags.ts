import type { Quirk } from "../quirk.ts";

const DONE = { text: ["All done."] };

/** F94 */
export const TAGS: readonly Quirk[] = [
  {
    what: "thoughts between tags in the answer",
    sends: () => [{ text: ["<thi", "nk>I shall say it.</th", "ink>\n\nAll ", "done."] }],
    comes: { requests: 1, answer: "All done.", thoughts: ["I shall say it."] },
  },
  {
    what: "a closing tag alone, because the opening one stood in the prompt",
    sends: () => [{ text: ["I shall ", "say it.</think>", "All done."] }],
    comes: { requests: 1, answer: "All done.", thoughts: ["I shall say it."] },
  },
  {
    what: "thoughts between tags without an answer",
    on: ["chat"],
    sends: () => [{ text: ["<think>Hm."] }, DONE],
    comes: { requests: 2, answer: "All done.", errorSays: /thought, but gave no answer/ },
  },
  {
    what: "tags that are talked about in code",
    on: ["chat"],
    sends: () => [{ text: ["Put `<think>` first:\n```\n<tool_call>{}</tool_call>\n```"] }],
    comes: { requests: 1, answer: "Put `<think>` first:\n```\n<tool_call>{}</tool_call>\n```" },
  },
  {
    what: "a tool call as text in the answer",
    sends: () => [
      { text: ["I note it.\n<tool_", 'call>\n{"name": "note", "arguments": {"text": "x"}}\n</tool_call>'] },
      { calls: [{ name: "note", args: '{"text":"y"}' }] },
      DONE,
    ],
    comes: {
      requests: 3,
      notes: ["y"],
      answer: "All done.",
      sent: /not run: it came as text in the answer/,
      notSent: /<tool_call>/,
    },
  },
  {
    what: "a tool call as text beside the same one that the server has read",
    on: ["chat"],
    sends: () => [{ text: ["<tool_call>{}</tool_call>"], calls: [{ name: "note", args: '{"text":"x"}' }] }, DONE],
    comes: { requests: 2, notes: ["x"], answer: "All done." },
  },
];
