import { useNavigate } from "@tanstack/react-router";
import { useDraft } from "../thread/draft.ts";
import { useCreateSchedule } from "./change.ts";
import { PageBelow } from "../ui/page-below.tsx";
import { emptyForm, bodyOf, withDraft } from "./form-values.ts";
import { ScheduleForm } from "./schedule-form.tsx";
import { NEW_SCHEDULE_DRAFT } from "./start-schedule.ts";
import { ownZone } from "../ui/clock.ts";
import { WORDS } from "../words/schedules.tsx";

/** A new schedule; what is typed is kept in this browser until it is sent or dropped. */
export function NewSchedule() {
  const navigate = useNavigate();
  const [draft, setDraft] = useDraft(NEW_SCHEDULE_DRAFT);
  const values = withDraft(emptyForm(ownZone()), draft);
  const add = useCreateSchedule(({ name }) => {
    setDraft("");
    void navigate({ to: "/schedules/$name", params: { name } });
  });
  return (
    <PageBelow above={{ to: "/schedules", word: WORDS.title }} title={WORDS.add}>
      <h1 className="text-base font-semibold">{WORDS.add}</h1>
      <ScheduleForm
        values={values}
        onChange={(form) => setDraft(JSON.stringify(form))}
        isNew
        isSending={add.isPending}
        error={add.error}
        onSend={() => add.mutate(bodyOf(values))}
        onCancel={() => {
          setDraft("");
          void navigate({ to: "/schedules" });
        }}
      />
    </PageBelow>
  );
}
