import { useState, type FormEvent } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { Problem } from "../ui/notice.tsx";
import { usePatchSchedule } from "./change.ts";

/** Paused, each due time still gets its row, which says so; switched off it gets none. */
export function PauseSchedule({ name, onClose }: { name: string; onClose: () => void }) {
  const [until, setUntil] = useState("");
  const patch = usePatchSchedule(name);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const pausedUntil = until === "" ? null : new Date(until).toISOString();
    patch.mutate({ state: "paused", pausedUntil }, { onSuccess: onClose });
  };
  return (
    <Dialog title={`Pause ${name}`} onClose={onClose}>
      <form onSubmit={submit} className="mt-3 flex flex-col gap-3">
        <TextField
          id="paused-until"
          data-first
          label="Until (optional)"
          type="datetime-local"
          value={until}
          onChange={({ target }) => setUntil(target.value)}
          help="Without a time: until you resume it. What is due meanwhile is recorded as skipped."
        />
        <Problem error={patch.error} />
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button kind="primary" type="submit" disabled={patch.isPending}>
            {patch.isPending ? "Pausing…" : "Pause"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
