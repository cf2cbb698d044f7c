import { useMutation } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { duration } from "../ui/format.ts";
import { Problem } from "../ui/notice.tsx";
import { testModel } from "./queries.ts";
import { WORDS } from "../words/models.tsx";

/** Whether the model in use answers: one tiny real call. */
export function TestModel() {
  const { http } = useServices();
  const { mutate, isPending, data, error } = useMutation({ mutationFn: () => testModel(http) });
  return (
    <div className="flex flex-wrap items-center gap-3 text-sm">
      <Button disabled={isPending} onClick={() => mutate()}>
        {isPending ? WORDS.asking : WORDS.test}
      </Button>
      <p role="status" className="min-w-0 flex-1 [overflow-wrap:anywhere] empty:hidden">
        {!isPending && data !== undefined && (
          <span className={`inline-flex items-center gap-1.5 ${data.ok ? "text-good" : "text-bad"}`}>
            {data.ok ? (
              <CircleCheck aria-hidden="true" className="size-4 shrink-0" />
            ) : (
              <CircleX aria-hidden="true" className="size-4 shrink-0" />
            )}
            {data.ok ? WORDS.answeredIn(data.model, duration(data.durationMs)) : data.message}
          </span>
        )}
      </p>
      <Problem error={error} />
    </div>
  );
}
