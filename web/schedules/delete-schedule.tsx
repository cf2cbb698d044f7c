import { Trash2 } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Problem } from "../ui/notice.tsx";
import { useDeleteSchedule } from "./change.ts";

export function DeleteSchedule({ name, onClose }: { name: string; onClose: () => void }) {
  const remove = useDeleteSchedule(name);
  return (
    <Dialog title="Delete this schedule?" onClose={onClose}>
      <p className="mt-2 [overflow-wrap:anywhere]">
        “{name}” will not run again, and its ledger is hidden. Its tasks and its chat stay. To stop it for a while,
        switch it off.
      </p>
      <Problem error={remove.error} />
      <div className="mt-4 flex justify-end gap-2">
        <Button data-first kind="quiet" onClick={onClose}>
          Keep it
        </Button>
        <Button kind="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
          <Trash2 aria-hidden="true" className="size-4" />
          {remove.isPending ? "Deleting…" : "Delete"}
        </Button>
      </div>
    </Dialog>
  );
}
