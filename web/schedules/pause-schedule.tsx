import { useState, type FormEvent } from "react";
import { Button } from "../ui/button.tsx";
import { instantOf } from "../ui/clock.ts";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { Problem } from "../ui/notice.tsx";
import { usePatchSchedule } from "./change.ts";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/schedules.tsx";

/** Paused, each due time still gets its row, which says so; switched off it gets none. */
export function PauseSchedule({ name, onClose }: { name: string; onClose: () => void }) {
  const [until, setUntil] = useState("");
  const patch = usePatchSchedule(name);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const pausedUntil = until === "" ? null : instantOf(until).toISOString();
    patch.mutate({ state: "paused", pausedUntil }, { onSuccess: onClose });
  };
  return (
    <Dialog title={WORDS.pauseIt(name)} onClose={onClose}>
      <form onSubmit={submit} className="mt-3 flex flex-col gap-3">
        <TextField
          id="paused-until"
          data-first
          label={WORDS.until}
          type="datetime-local"
          value={until}
          onChange={({ target }) => setUntil(target.value)}
          help={WORDS.untilHelp}
        />
        <Problem error={patch.error} />
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            {COMMON.cancel}
          </Button>
          <Button kind="primary" type="submit" disabled={patch.isPending}>
            {patch.isPending ? WORDS.pausing : WORDS.pauseYes}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
