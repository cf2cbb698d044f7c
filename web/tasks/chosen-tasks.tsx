import { useMutation } from "@tanstack/react-query";
import { OctagonX, RotateCw, Trash2, X } from "lucide-react";
import { useState } from "react";
import type { Task } from "../../src/wire/api.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { doTo, may, type TaskDeed } from "./task-actions.tsx";

const DEEDS = [
  { deed: "cancel", word: "Cancel", icon: OctagonX },
  { deed: "retry", word: "Retry", icon: RotateCw },
  { deed: "delete", word: "Delete…", icon: Trash2 },
] as const;

/** What is done with all chosen tasks at once. Those with which it went well are chosen no longer. */
export function ChosenTasks({
  tasks,
  onChange,
}: {
  tasks: readonly Task[];
  onChange: (ids: readonly string[]) => void;
}) {
  const { http, queries } = useServices();
  const [asks, setAsks] = useState(false);
  const [told, setTold] = useState("");
  const act = useMutation({
    async mutationFn(deed: TaskDeed) {
      const failed: { readonly id: string; readonly message: string }[] = [];
      // One after another: many at once would only wait for each other.
      for (const task of tasks) {
        if (!may(task, deed)) continue;
        await doTo(http, task, deed).catch((error: unknown) => {
          failed.push({ id: task.id, message: error instanceof Error ? error.message : String(error) });
        });
      }
      return failed;
    },
    onSuccess(failed) {
      setAsks(false);
      const [first] = failed;
      setTold(first === undefined ? "" : `${failed.length} did not go: ${first.message}`);
      onChange(failed.map(({ id }) => id));
    },
    onSettled() {
      for (const key of ["tasks", "chats", "runs", "status"]) void queries.invalidateQueries({ queryKey: [key] });
    },
  });
  if (tasks.length === 0 && told === "") return null;
  const count = (deed: TaskDeed): number => tasks.filter((task) => may(task, deed)).length;
  return (
    <div
      role="group"
      aria-label="Chosen tasks"
      className="sticky top-0 z-10 mt-2 flex flex-wrap items-center gap-2 rounded-lg border border-accent bg-accent-soft px-3 py-1.5 text-sm"
    >
      <span className="font-medium">{tasks.length} chosen</span>
      {DEEDS.map(({ deed, word, icon: Icon }) => (
        <Button
          key={deed}
          className="px-2.5 py-0.5"
          disabled={act.isPending || count(deed) === 0}
          onClick={() => (deed === "delete" ? setAsks(true) : act.mutate(deed))}
        >
          <Icon aria-hidden="true" className="size-4" />
          {word} {count(deed) < tasks.length && `(${count(deed)})`}
        </Button>
      ))}
      {told !== "" && (
        <span role="alert" className="text-bad [overflow-wrap:anywhere]">
          {told}
        </span>
      )}
      <Button
        kind="quiet"
        className="ml-auto px-2 py-0.5"
        onClick={() => {
          setTold("");
          onChange([]);
        }}
      >
        <X aria-hidden="true" className="size-4" />
        Choose none
      </Button>
      {asks && (
        <Dialog
          title={`Delete ${count("delete")} ${count("delete") === 1 ? "task" : "tasks"}?`}
          onClose={() => setAsks(false)}
        >
          <p className="mt-2">
            They go for good, with what they came to. What has not begun is cancelled first; what is being worked on
            stays.
          </p>
          <div className="mt-4 flex justify-end gap-2">
            <Button data-first kind="quiet" onClick={() => setAsks(false)}>
              Keep them
            </Button>
            <Button kind="danger" disabled={act.isPending} onClick={() => act.mutate("delete")}>
              <Trash2 aria-hidden="true" className="size-4" />
              {act.isPending ? "Deleting…" : "Delete"}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
