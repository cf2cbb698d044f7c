import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Json } from "../../src/core/events.ts";
import { taskSchema } from "../../src/wire/api.ts";
import { scheduleSchema, type Schedule, type SchedulePatch } from "../../src/wire/schedules.ts";
import { deletionKey } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { anything } from "../live/http.ts";
import { schedulePath } from "./queries.ts";

/** What can be done with a schedule; each refreshes what shows it. */

function useRefresh(): () => Promise<void> {
  const { queries } = useServices();
  return async () => {
    await Promise.all(["schedules", "status"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  };
}

/** `onAdded`: it is there. */
export function useCreateSchedule(onAdded: (schedule: Schedule) => void) {
  const { http } = useServices();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (schedule: { readonly [field: string]: Json }) =>
      http.send("POST", "/api/schedules", schedule, scheduleSchema),
    onSuccess(schedule) {
      onAdded(schedule);
      return refresh();
    },
  });
}

export function usePatchSchedule(name: string) {
  const { http } = useServices();
  const refresh = useRefresh();
  return useMutation({
    /** From a form it is what was typed: the server says what is wrong with it. */
    mutationFn: (patch: SchedulePatch | { readonly [field: string]: Json }) =>
      http.send("PATCH", schedulePath(name), patch, scheduleSchema),
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

export function useDeleteSchedule(name: string) {
  const { http, queries } = useServices();
  const navigate = useNavigate();
  const refresh = useRefresh();
  return useMutation({
    mutationKey: deletionKey("schedules", name),
    // What is asked already could be answered after it.
    onMutate: () =>
      queries.cancelQueries({ predicate: ({ queryKey }) => queryKey[0] === "schedules" && queryKey.at(-1) === name }),
    mutationFn: () => http.send("DELETE", schedulePath(name), undefined, anything),
    onError: refresh,
    async onSuccess() {
      // Away from its page first: what is gone is not asked for again.
      await navigate({ to: "/schedules" });
      await refresh();
    },
  });
}
