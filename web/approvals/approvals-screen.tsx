import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { approvalsQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { Pill } from "../ui/pill.tsx";
import { ApprovalCard } from "./approval-card.tsx";
import { Grants } from "./grants.tsx";
import { History } from "./history.tsx";

const MOST_OPEN = 200;

/** What the agent asks before it acts, the standing yeses, and what was answered. */
export function ApprovalsScreen() {
  const { http } = useServices();
  const { show } = useSearch({ from: "/inbox" });
  const navigate = useNavigate({ from: "/inbox" });
  const [told, setTold] = useState("");
  const open = useQuery(approvalsQuery(http, "open", MOST_OPEN));
  const turn = (to: "history" | undefined): void => void navigate({ search: { show: to }, replace: true });
  return (
    <div className="h-full overflow-y-auto">
      <title>Inbox · Sparky</title>
      <div className="mx-auto max-w-3xl px-4 py-3">
        <h1 className="text-base font-semibold">Inbox</h1>
        <div role="group" aria-label="What to show" className="mt-2 flex gap-1 py-1">
          <Pill word="Open" n={open.data?.items.length} isOn={show === undefined} onClick={() => turn(undefined)} />
          <Pill word="History" isOn={show === "history"} onClick={() => turn("history")} />
        </div>
        <p role="status" className={told === "" ? "sr-only" : "my-2 rounded-md bg-panel px-3 py-2 text-sm"}>
          {told}
        </p>
        {show === "history" ? <History /> : <Open onTold={setTold} />}
        <Grants />
      </div>
    </div>
  );
}

function Open({ onTold }: { onTold: (words: string) => void }) {
  const { http } = useServices();
  const list = useQuery(approvalsQuery(http, "open", MOST_OPEN));
  if (list.isPending) return <Loading what="Loading what waits for you…" />;
  if (list.data === undefined) {
    return <Failure what="The inbox could not be loaded" error={list.error} retry={() => void list.refetch()} />;
  }
  if (list.data.items.length === 0) {
    return (
      <Empty title="Nothing waits for you" command="sparky approvals list">
        Before a risky call, such as a shell command, the agent asks here first.
      </Empty>
    );
  }
  return (
    <div className="mt-2 flex flex-col gap-3">
      <h2 className="sr-only">Waits for an answer</h2>
      {list.data.items.map((approval) => (
        <ApprovalCard key={approval.id} approval={approval} onTold={onTold} />
      ))}
    </div>
  );
}
