import { useNavigate } from "@tanstack/react-router";
import { keepDraft } from "../thread/draft.ts";

/** Where the words of the form for a new schedule are kept. */
export const NEW_SCHEDULE_DRAFT = "schedule:new";

/** Opens the form for a new schedule with this prompt. */
export function useStartSchedule(): (prompt: string) => Promise<void> {
  const navigate = useNavigate();
  return async (prompt) => {
    keepDraft(NEW_SCHEDULE_DRAFT, JSON.stringify({ prompt }));
    await navigate({ to: "/schedules", search: { new: true } });
  };
}
