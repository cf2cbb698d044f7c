import { useMutation } from "@tanstack/react-query";
import { factSchema, type FactPatch, type NewFact } from "../../src/wire/facts.ts";
import { useServices } from "../app/services.tsx";
import { anything, RequestFailure } from "../live/http.ts";

/** What can be done with what is known; each refreshes what shows it. */

const factPath = (id: string): string => `/api/facts/${encodeURIComponent(id)}`;

function useRefresh(): () => Promise<void> {
  const { queries } = useServices();
  return async () => {
    await Promise.all(["graph", "recall"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  };
}

/** A new text makes a new fact, which takes the place of the old one. */
export function usePatchFact(id: string) {
  const { http } = useServices();
  return useMutation({
    mutationFn: (patch: FactPatch) => http.send("PATCH", factPath(id), patch, factSchema),
    onSettled: useRefresh(),
  });
}

export function useForgetFact(id: string) {
  const { http } = useServices();
  return useMutation({
    mutationFn: () => http.send("DELETE", factPath(id), undefined, anything).catch(unlessGone),
    onSettled: useRefresh(),
  });
}

export function useAddFact() {
  const { http } = useServices();
  return useMutation({
    mutationFn: (fact: NewFact) => http.send("POST", "/api/facts", fact, factSchema),
    onSettled: useRefresh(),
  });
}

/** Somebody else was first, and it is as it was to be. */
function unlessGone(error: unknown): void {
  if (!(error instanceof RequestFailure && error.code === "not_found")) throw error;
}
