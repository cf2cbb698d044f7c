import { useQuery } from "@tanstack/react-query";
import { meQuery } from "./queries.ts";
import { useServices } from "./services.tsx";

/** A viewer is shown nothing to write in, and no words to send: all of it would be refused. */
export function useOnlyLooks(): boolean {
  const { http } = useServices();
  return useQuery(meQuery(http)).data?.role === "viewer";
}
