import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { AskedCard, useOpen } from "../approvals/asked.tsx";
import { Failure, Loading } from "../ui/notice.tsx";

const MOST = 1;

/** The newest question of the agent; all of them are in the inbox. Says so when there are none. */
export function WaitsForYou() {
  const open = useOpen();
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
      {open.items === undefined && !open.isPending && (
        <Failure what="The inbox could not be loaded" error={open.error} retry={open.retry} />
      )}
      {open.items?.length === 0 && <p className="text-sm text-muted">Nothing waits for you.</p>}
      <div className="mt-1 flex flex-col gap-3">
        {open.items?.slice(0, MOST).map((asked) => (
          <AskedCard key={asked.id} asked={asked} onTold={setTold} />
        ))}
      </div>
      {open.items !== undefined && open.items.length > MOST && (
        <Link to="/inbox" className="tap mt-2 inline-flex items-center text-sm text-accent underline">
          {open.items.length - MOST}
          {open.hasMore ? "+" : ""} more in the inbox
        </Link>
      )}
    </section>
  );
}
