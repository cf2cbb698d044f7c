import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { scheduleSchema } from "../../src/wire/schedules.ts";
import { useServices } from "../app/services.tsx";
import { useDraft } from "../thread/draft.ts";
import { Page } from "./page.tsx";
import { emptyForm, bodyOf, withDraft, type FormValues } from "./form-values.ts";
import { ScheduleForm } from "./schedule-form.tsx";
import { NEW_SCHEDULE_DRAFT } from "./start-schedule.ts";
import { ownZone } from "./zone-time.ts";

/** A new schedule; what is typed is kept in this browser until it is sent or dropped. */
export function NewSchedule() {
  const { http, queries } = useServices();
  const navigate = useNavigate();
  const [draft, setDraft] = useDraft(NEW_SCHEDULE_DRAFT);
  const values = withDraft(emptyForm(ownZone()), draft);
  const add = useMutation({
    mutationFn: (form: FormValues) => http.send("POST", "/api/schedules", bodyOf(form), scheduleSchema),
    onSuccess: ({ name }) => {
      setDraft("");
      for (const key of ["schedules", "status"]) void queries.invalidateQueries({ queryKey: [key] });
      void navigate({ to: "/schedules/$name", params: { name } });
    },
  });
  return (
    <Page title="New schedule">
      <h1 className="text-base font-semibold">New schedule</h1>
      <ScheduleForm
        values={values}
        onChange={(form) => setDraft(JSON.stringify(form))}
        isNew
        isSending={add.isPending}
        error={add.error}
        onSend={() => add.mutate(values)}
        onCancel={() => {
          setDraft("");
          void navigate({ to: "/schedules" });
        }}
      />
    </Page>
  );
}
