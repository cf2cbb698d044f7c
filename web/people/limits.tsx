import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { LIMIT_NAMES, type LimitName } from "../../src/core/limit-words.ts";
import { personLimitsPatchSchema, personLimitsSchema, type PersonLimits } from "../../src/wire/people.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { fullTime } from "../ui/format.ts";
import { Failure, Loading, Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/people.ts";
import { accountPath, limitsQuery } from "./queries.ts";

/** What may be spent in somebody’s name, and what was. */
export function LimitsDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const { http } = useServices();
  const limits = useQuery(limitsQuery(http, name));
  return (
    <Dialog title={WORDS.limitsOf(name)} onClose={onClose}>
      <p className="mt-2 text-sm text-muted">{WORDS.limitsMean}</p>
      {limits.isPending && <Loading what={WORDS.limitsLoading} />}
      {limits.data === undefined && limits.error !== null && (
        <Failure what={WORDS.limitsFailed} error={limits.error} retry={() => void limits.refetch()} />
      )}
      {limits.data !== undefined && <LimitsForm told={limits.data} onClose={onClose} />}
    </Dialog>
  );
}

function LimitsForm({ told, onClose }: { told: PersonLimits; onClose: () => void }) {
  const { http, queries } = useServices();
  const [typed, setTyped] = useState<{ readonly [limit in LimitName]?: string }>({});
  const textOf = (limit: LimitName): string => typed[limit] ?? String(told.limits[limit] ?? "");
  const valueOf = (limit: LimitName): number | null => (textOf(limit).trim() === "" ? null : Number(textOf(limit)));
  const isWrong = (limit: LimitName): boolean =>
    !personLimitsPatchSchema.safeParse({ [limit]: valueOf(limit) }).success;
  const save = useMutation({
    mutationFn: () => {
      const changes = Object.fromEntries(LIMIT_NAMES.map((limit) => [limit, valueOf(limit)]));
      return http.send("PATCH", `${accountPath(told.name)}/limits`, changes, personLimitsSchema);
    },
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ["limits", told.name] });
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit} className="mt-3 flex flex-col gap-3">
      <div className="grid gap-3 sm:grid-cols-2">
        {LIMIT_NAMES.map((limit) => (
          <TextField
            key={limit}
            id={`limit-${limit}`}
            label={WORDS.limit[limit]}
            help={WORDS.used(told, limit)}
            problem={isWrong(limit) ? WORDS.limitRule(limit) : undefined}
            placeholder={WORDS.noLimit}
            value={textOf(limit)}
            inputMode="decimal"
            autoComplete="off"
            onChange={({ target }) => setTyped({ ...typed, [limit]: target.value })}
          />
        ))}
      </div>
      <p className="text-xs text-muted">
        {WORDS.limitsEnd(fullTime(told.day.endsAt), fullTime(told.month.endsAt), told.zone)}
      </p>
      <Problem error={save.error} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{WORDS.cancel}</Button>
        <Button type="submit" kind="primary" disabled={save.isPending || LIMIT_NAMES.some(isWrong)}>
          {save.isPending ? WORDS.saving : WORDS.save}
        </Button>
      </div>
    </form>
  );
}
