import { Trash2 } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Problem } from "../ui/notice.tsx";
import { useDeleteSchedule } from "./change.ts";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/schedules.tsx";

export function DeleteSchedule({ name, onClose }: { name: string; onClose: () => void }) {
  const remove = useDeleteSchedule(name);
  return (
    <Dialog title={WORDS.deleteIt} onClose={onClose}>
      <p className="mt-2 [overflow-wrap:anywhere]">{WORDS.deleteMeans(name)}</p>
      <Problem error={remove.error} />
      <div className="mt-4 flex justify-end gap-2">
        <Button data-first kind="quiet" onClick={onClose}>
          {COMMON.keepIt}
        </Button>
        <Button kind="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
          <Trash2 aria-hidden="true" className="size-4" />
          {remove.isPending ? COMMON.deleting : WORDS.deleteYes}
        </Button>
      </div>
    </Dialog>
  );
}
