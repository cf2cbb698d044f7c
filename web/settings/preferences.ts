import { queryOptions, useMutation, useMutationState, useQuery, type UseMutationResult } from "@tanstack/react-query";
import { USUAL, type Preferences } from "../../src/core/preferences.ts";
import {
  preferencesAnswerSchema,
  preferencesFrom,
  type PreferencesAnswer,
  type PreferencesPatch,
} from "../../src/wire/preferences.ts";
import { useServices } from "../app/services.tsx";
import type { Http } from "../live/http.ts";

/** What this person prefers, kept on the server: each tab and device hears of a change. */

export const preferencesQuery = (http: Http) =>
  queryOptions({
    queryKey: ["preferences"],
    queryFn: ({ signal }) => http.get("/api/preferences", preferencesAnswerSchema, signal),
  });

const CHANGING = ["preferences", "change"];
const NOTHING: PreferencesAnswer = { preferences: USUAL, set: [] };

/** As they are on the server, with what is on its way there. */
export function usePreferences(): Preferences {
  const { http } = useServices();
  const { preferences, set } = useQuery(preferencesQuery(http)).data ?? NOTHING;
  const pending = useMutationState({
    filters: { mutationKey: CHANGING, status: "pending" },
    // Only `useSetPreferences` has this key.
    select: ({ state }) => state.variables as PreferencesPatch,
  });
  if (pending.length === 0) return preferences;
  const kept = new Map<string, unknown>(Object.entries(preferences).filter(([name]) => set.includes(name)));
  for (const [name, value] of pending.flatMap((patch) => Object.entries(patch))) kept.set(name, value);
  return preferencesFrom(kept).preferences;
}

/** Sets some of them, and leaves the others as they are; shown at once, and taken back if it fails. */
export function useSetPreferences(): UseMutationResult<PreferencesAnswer, Error, PreferencesPatch> {
  const { http, queries } = useServices();
  return useMutation({
    mutationKey: CHANGING,
    mutationFn: (patch: PreferencesPatch) => http.send("PATCH", "/api/preferences", patch, preferencesAnswerSchema),
    // Until it has come back from there it counts as on its way.
    onSuccess: () => queries.invalidateQueries({ queryKey: ["preferences"] }),
  });
}
