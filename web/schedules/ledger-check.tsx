import { useMutation } from "@tanstack/react-query";
import { CircleCheck, CircleX, ShieldCheck } from "lucide-react";
import type { LedgerCheck as Found } from "../../src/wire/schedules.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { fullTime } from "../ui/format.ts";
import { Problem } from "../ui/notice.tsx";
import { checkLedger } from "./queries.ts";
import { WORDS } from "../words/schedules.tsx";

/** Has the server compute every due time anew, from the rules that the schedule had, and compare them with the rows. */
export function LedgerCheck({ name }: { name: string }) {
  const { http } = useServices();
  const check = useMutation({ mutationFn: () => checkLedger(http, name) });
  return (
    <>
      <Button className="ml-auto px-2 py-1" disabled={check.isPending} onClick={() => check.mutate()}>
        <ShieldCheck aria-hidden="true" className="size-4" />
        {check.isPending ? WORDS.checking : WORDS.check}
      </Button>
      <div role="status" className="w-full empty:hidden">
        {check.data !== undefined && <Result found={check.data} />}
      </div>
      <Problem error={check.error} />
    </>
  );
}

function Result({ found }: { found: Found }) {
  const told = { ...found, from: fullTime(found.from), to: fullTime(found.to) };
  if (found.ok) {
    return (
      <p className="mt-1 flex items-start gap-1.5 rounded-md bg-panel px-3 py-2 text-sm">
        <CircleCheck aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-good" />
        <span>{WORDS.isWhole(told)}</span>
      </p>
    );
  }
  return (
    <div className="mt-1 rounded-md border border-bad bg-bad-soft px-3 py-2 text-sm">
      <p className="flex items-start gap-1.5 font-medium text-bad">
        <CircleX aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
        {WORDS.isNotWhole(told)}
      </p>
      <Instants words={WORDS.missing} at={found.missing} />
      <Instants words={WORDS.extra} at={found.extra} />
    </div>
  );
}

function Instants({ words, at }: { words: (times: string) => string; at: readonly string[] }) {
  if (at.length === 0) return null;
  return <p className="mt-1">{words(at.map(fullTime).join("; "))}</p>;
}
