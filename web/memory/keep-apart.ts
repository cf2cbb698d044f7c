import { useMutation } from "@tanstack/react-query";
import { apartSchema, type Apart } from "../../src/wire/graph-mending.ts";
import { useServices } from "../app/services.tsx";

/** Says of two entities that they are not the same, or that they may be. */
export function useApart(onDone: () => void) {
  const { http, queries } = useServices();
  return useMutation({
    mutationFn: (pair: Apart) => http.send("POST", "/api/graph/apart", pair, apartSchema),
    onSuccess() {
      onDone();
      return queries.invalidateQueries({ queryKey: ["graph"] });
    },
  });
}
