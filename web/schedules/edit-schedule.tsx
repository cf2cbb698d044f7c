import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Schedule } from "../../src/wire/schedules.ts";
import { usePatchSchedule } from "./change.ts";
import { changesOf, formOf } from "./form-values.ts";
import { ScheduleForm } from "./schedule-form.tsx";

/** Changes of a schedule count at once; what was due before was settled by the rule that it had. */
export function EditSchedule({ schedule }: { schedule: Schedule }) {
  const navigate = useNavigate();
  // As it was when the form was opened: what somebody else changes meanwhile is not undone.
  const [before] = useState(() => formOf(schedule));
  const [values, setValues] = useState(before);
  const patch = usePatchSchedule(schedule.name);
  const close = (): void =>
    void navigate({ to: "/schedules/$name", params: { name: schedule.name }, search: {}, replace: true });
  const send = (): void => {
    const changes = changesOf(before, values);
    if (Object.keys(changes).length === 0) close();
    else patch.mutate(changes, { onSuccess: close });
  };
  return (
    <>
      <h1 className="text-base font-semibold [overflow-wrap:anywhere]">Edit {schedule.name}</h1>
      <p className="text-sm text-muted">It counts at once. What was due before stays as the ledger has it.</p>
      <ScheduleForm
        values={values}
        onChange={setValues}
        isNew={false}
        isSending={patch.isPending}
        error={patch.error}
        onSend={send}
        onCancel={close}
      />
    </>
  );
}
