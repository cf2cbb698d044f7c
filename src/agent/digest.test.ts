import type { ModelMessage } from "ai";
import { expect, test } from "vitest";
import { digestOf } from "../store/runs/requests.ts";
import { ConversationDigest } from "./digest.ts";

test("the digest of a conversation is that of its JSON, whatever was counted in before", () => {
  const said = (content: string): ModelMessage => ({ role: "user", content });
  const [a, b, c, other] = [said("A"), said("ü 🙂"), said("\n"), said("B")];
  const digest = new ConversationDigest();
  for (const messages of [[], [a], [a], [a, b], [a, b, c], [a, b, other], [a], [other, b, c], [other, b, c, a], []])
    expect(digest.of(messages), JSON.stringify(messages)).toBe(digestOf(JSON.stringify(messages)));
});
