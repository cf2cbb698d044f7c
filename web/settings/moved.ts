import { preferencesAnswerSchema } from "../../src/wire/preferences.ts";
import type { Http } from "../live/http.ts";

/** Earlier versions kept it in the browser that every event is to be shown. */
const OLD = "sparky.events";

/** Takes what this browser kept to the server, once: it stays here until the server has it. */
export async function moveOldPreferences(http: Http, storage: Storage | null): Promise<void> {
  if (storage?.getItem(OLD) == null) return;
  if (storage.getItem(OLD) === "all") {
    await http.send("PATCH", "/api/preferences", { "events.bookkeeping": true }, preferencesAnswerSchema);
  }
  storage.removeItem(OLD);
}
