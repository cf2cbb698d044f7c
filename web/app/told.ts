import { useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { isHidden, onVisibility } from "../ui/visibility.ts";
import { awayQuery, statusQuery } from "./queries.ts";
import { useServices } from "./services.tsx";

/** The two that are asked for in a hidden tab too, for its title and for notifications, as a page paints them: when it is seen. */

export function useStatus() {
  const { http } = useServices();
  useSyncExternalStore(onVisibility, isHidden);
  return useQuery({ ...statusQuery(http), notifyOnChangeProps });
}

export function useAway() {
  const { http } = useServices();
  useSyncExternalStore(onVisibility, isHidden);
  return useQuery({ ...awayQuery(http), notifyOnChangeProps });
}

/** What is told of while it is hidden is looked at when it is shown again. */
const notifyOnChangeProps = () => (isHidden() ? [] : undefined);
