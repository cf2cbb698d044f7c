import { exactLine } from "../../src/core/exact.ts";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { Grant } from "../../src/wire/approvals.ts";
import { grantsQuery, meQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { anything } from "../live/http.ts";
import { Button } from "../ui/button.tsx";
import { ago, fullTime } from "../ui/format.ts";
import { Failure } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { WORDS } from "../words/approvals.tsx";

/** The built-in account that owns unattended work. */
const AGENT_ID = "agent";

/** Yeses that cover more than one call, each with a way to take it back. Nothing is shown when there are none. */
export function Grants() {
  const { http } = useServices();
  const grants = useQuery(grantsQuery(http));
  if (grants.isError && grants.data === undefined) {
    return <Failure what={WORDS.standingNotLoaded} error={grants.error} retry={() => void grants.refetch()} />;
  }
  if (grants.data === undefined || grants.data.items.length === 0) return null;
  return (
    <section aria-labelledby="grants" className="mt-6">
      <h2 id="grants" className="font-semibold">
        {WORDS.standing}
      </h2>
      <p className="text-sm text-muted">{WORDS.standingMeans}</p>
      <ul className="mt-1 divide-y divide-line">
        {grants.data.items.map((grant) => (
          <Standing key={grant.id} grant={grant} />
        ))}
      </ul>
    </section>
  );
}

function Standing({ grant }: { grant: Grant }) {
  const { http, queries } = useServices();
  const { data: me } = useQuery(meQuery(http));
  const now = useNow(30_000);
  const revoke = useMutation({
    mutationFn: () => http.send("DELETE", `/api/grants/${encodeURIComponent(grant.id)}`, undefined, anything),
    onSettled: () => queries.invalidateQueries({ queryKey: ["approvals"] }),
  });
  return (
    <li data-grant-id={grant.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-sm">
      <code className="font-mono font-medium">{grant.tool}</code>
      {grant.rule !== null && <code className="font-mono [overflow-wrap:anywhere]">{exactLine(grant.rule)}</code>}
      {grant.terms !== null && <span>{grant.terms}</span>}
      <span>
        {grant.runId !== null
          ? WORDS.forRun(<code>{grant.runId.slice(0, 8)}</code>)
          : grant.until !== null && WORDS.until(<time dateTime={grant.until}>{fullTime(grant.until)}</time>)}
        {grant.principalId === AGENT_ID && me?.id !== AGENT_ID && WORDS.forAgent}
      </span>
      <span className="text-xs text-muted">{WORDS.given(ago(grant.createdAt, now), grant.grantedBy)}</span>
      <Button
        className="ml-auto px-2 py-1"
        aria-label={WORDS.takeBackWhich(grant.rule === null ? grant.tool : exactLine(grant.rule))}
        disabled={revoke.isPending}
        onClick={() => revoke.mutate()}
      >
        {revoke.isPending ? WORDS.takingBack : WORDS.takeBack}
      </Button>
      {revoke.error !== null && (
        <p role="alert" className="w-full text-bad">
          {revoke.error.message}
        </p>
      )}
    </li>
  );
}
