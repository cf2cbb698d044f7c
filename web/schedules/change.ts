import { useMutation } from "@tanstack/react-query";
import { taskSchema } from "../../src/wire/api.ts";
import { scheduleSchema, type SchedulePatch } from "../../src/wire/schedules.ts";
import { useServices } from "../app/services.tsx";
import { schedulePath } from "./queries.ts";

/** What can be done with a schedule; each refreshes what shows it. */

function useRefresh(): () => Promise<void> {
  const { queries } = useServices();
  return async () => {
    await Promise.all(["schedules", "status"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  };
}

export function usePatchSchedule(name: string) {
  const { http } = useServices();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (patch: SchedulePatch) => http.send("PATCH", schedulePath(name), patch, scheduleSchema),
    onSettled: refresh,
  });
}

export function useRunSchedule(name: string) {
  const { http, queries } = useServices();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () => http.send("POST", `${schedulePath(name)}/run`, {}, taskSchema),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["tasks"] });
      return refresh();
    },
  });
}
