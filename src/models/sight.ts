import type { ModelChoice } from "./select.ts";

/** Which models take pictures: by what is known of their families. A wrong yes costs one refused request, a wrong no a look. */

/** Families whose every model sees, and those of them that do not. */
const SEES =
  /llava|vision|moondream|pixtral|minicpm-v|internvl|kimi-vl|(?:^|[-_.:/\d])vl(?:[-_.:/\d]|$)|gemma-?[3-9]|llama-?4|mistral-(?:small-?3|medium-?3|large-?3)|gpt-4o|gpt-4\.1|gpt-[5-9]|chatgpt|o[134](?:-|$)|claude-|gemini-|glm-\d(?:\.\d)?v|grok-[4-9]|nova-(?:lite|pro|premier)|omni/i;
const BLIND = /gpt-3|o1-(?:mini|preview)|o3-mini|claude-(?:2|instant)|gpt-oss|embed|whisper|tts/i;

/** `set`: `SPARKY_MODEL_IMAGES`; null: as far as known. */
export function takesImages(choice: ModelChoice, set: boolean | null): boolean {
  if (choice.kind === "demo") return false;
  return set ?? (SEES.test(choice.name) && !BLIND.test(choice.name));
}
