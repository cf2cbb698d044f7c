import type { ModelChoice } from "./select.ts";

/** Whether a model may think before it answers, as far as its name tells: one that is known not to is told no effort. */
export function mayThink(choice: ModelChoice): boolean {
  if (choice.kind === "demo") return false;
  const { provider, name } = choice;
  switch (provider) {
    case "openai":
      return /^(o\d|gpt-[5-9])/.test(name) && !name.includes("chat");
    case "google":
      return name.startsWith("gemini-") && !/^gemini-(1|2\.0)/.test(name) && !/image|tts|audio/.test(name);
    default:
      return true;
  }
}
