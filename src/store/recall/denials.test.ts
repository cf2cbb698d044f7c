import { expect, test } from "vitest";
import { onlyDenies } from "./denials.ts";

test.each([
  "I don't know when the movers come.",
  "I'm sorry, but I can't help with that.",
  "I do not have access to your calendar. If you share the dates, I can help you plan.",
  "I could not find anything about the movers in our conversations.",
  "There is no mention of the movers in your notes. Could you tell me more?",
  "Unfortunately, I’m not able to send mail. Let me know if you want a draft!",
  "I have no information about that. You could ask the company.",
  "As an AI, I cannot remember faces.",
  "Sorry for the trouble. I found nothing about it.",
  "Leider kann ich das nicht sagen.",
  "Ich habe keine Informationen über den Umzug.",
  "Je ne sais pas.",
  "Lo siento, no puedo ayudar con eso.",
  "К сожалению, я не знаю.",
  "抱歉，我不知道。",
  "申し訳ありません。分かりません。",
])("tells nothing: %s", (text) => expect(onlyDenies(text)).toBe(true));

test.each([
  "The movers come on Friday.",
  "I cannot look into the calendar, but you told me that the movers come on Friday.",
  "I could not open report.pdf because it is encrypted.",
  "Unfortunately the flight is cancelled. I could not book another one.",
  "I can't reach the office. It opens at nine.",
  "I couldn't book the table at seven, they only had nine.",
  "There are no open invoices.",
  "I have not sent the mail yet.",
  "You can find the key under the mat.",
  "Sorry!",
  "",
  `I don't know. ${"It is a long story. ".repeat(100)}`,
])("tells something, or denies nothing: %s", (text) => expect(onlyDenies(text)).toBe(false));
