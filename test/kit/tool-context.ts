import { KnownSecrets } from "../../src/core/known-secrets.ts";
import type { ToolContext } from "../../src/tools/tool.ts";

/** What a tool's call is given, as Ann's run gives it; with what a test is about. */
export const toolContext = (about: Partial<ToolContext> = {}): ToolContext => ({
  principal: { userId: "ann", name: "Ann", isAgent: false },
  chatId: "chat",
  runId: "run",
  taskId: null,
  callId: "call",
  idempotencyKey: "call",
  workspace: "/nowhere",
  now: 0,
  timeZone: "UTC",
  signal: new AbortController().signal,
  ownsProcess: async () => {},
  masking: new KnownSecrets(),
  ...about,
});
