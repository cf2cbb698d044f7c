import { GROUPS } from "./groups.ts";
import { answerQuestions } from "./kit/child.ts";
import type { Setting } from "./kit/figure.ts";

answerQuestions(async ({ name, setting }: { readonly name: string; readonly setting: Setting }) => {
  const group = await GROUPS[name]?.();
  return group?.(setting);
});
