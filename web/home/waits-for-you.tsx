import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { approvalsQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { ApprovalCard } from "../approvals/approval-card.tsx";
import { Failure, Loading } from "../ui/notice.tsx";

const MOST = 1;

const MOST_COUNTED = 100;

/** The newest question of the agent; all of them are in the inbox. Says so when there are none. */
export function WaitsForYou() {
  const { http } = useServices();
  const open = useQuery(approvalsQuery(http, "open", MOST_COUNTED));
  const [told, setTold] = useState("");
  return (
    <section aria-labelledby="waits-for-you">
      <h2 id="waits-for-you" className="font-semibold">
        Waits for you
      </h2>
      <p role="status" className={told === "" ? "sr-only" : "my-2 rounded-md bg-panel px-3 py-2 text-sm"}>
        {told}
      </p>
      {open.isPending && <Loading what="Looking what waits for you…" />}
      {open.data === undefined && open.error !== null && (
        <Failure what="The inbox could not be loaded" error={open.error} retry={() => void open.refetch()} />
      )}
      {open.data?.items.length === 0 && <p className="text-sm text-muted">Nothing waits for you.</p>}
      <div className="mt-1 flex flex-col gap-3">
        {open.data?.items.slice(0, MOST).map((approval) => (
          <ApprovalCard key={approval.id} approval={approval} onTold={setTold} />
        ))}
      </div>
      {open.data !== undefined && open.data.items.length > MOST && (
        <Link to="/inbox" className="tap mt-2 inline-flex items-center text-sm text-accent underline">
          {open.data.items.length - MOST}
          {open.data.next === null ? "" : "+"} more in the inbox
        </Link>
      )}
    </section>
  );
}
