import { useMutation, useQuery } from "@tanstack/react-query";
import { meSchema, WELCOME_STEPS, type WelcomeStep } from "../../src/wire/welcome.ts";
import { meQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";

/** Where the welcome is, kept on the server: it goes on there after a reload or in another tab, and never begins again once done. */
export function useWelcome() {
  const { http, queries } = useServices();
  const { data: me } = useQuery(meQuery(http));
  const tell = useMutation({
    mutationFn: (welcome: WelcomeStep | "done") => http.send("PATCH", "/api/me", { welcome }, meSchema),
    onSuccess: (now) => queries.setQueryData(["me"], now),
  });
  return { isOwner: me?.role === "owner", kept: me?.welcome, tell };
}

export const nextStep = (step: WelcomeStep): WelcomeStep | null =>
  WELCOME_STEPS[WELCOME_STEPS.indexOf(step) + 1] ?? null;
export const stepBefore = (step: WelcomeStep): WelcomeStep | null =>
  WELCOME_STEPS[WELCOME_STEPS.indexOf(step) - 1] ?? null;
