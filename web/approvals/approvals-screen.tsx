import { useNavigate, useSearch } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { countOf } from "../../src/wire/changes.ts";
import { useServices } from "../app/services.tsx";
import { Changes } from "../changes/changes.tsx";
import { changesQuery } from "../changes/queries.ts";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { Pill } from "../ui/pill.tsx";
import { AskedCard, useOpen } from "./asked.tsx";
import { Grants } from "./grants.tsx";
import { History } from "./history.tsx";

/** What the agent asks before it acts and what it asks a person, the standing yeses, and what was answered. */
export function ApprovalsScreen() {
  const { show } = useSearch({ from: "/inbox" });
  const navigate = useNavigate({ from: "/inbox" });
  const [told, setTold] = useState("");
  const { http } = useServices();
  const open = useOpen();
  const changes = useQuery(changesQuery(http)).data?.items ?? [];
  const turn = (to: "history" | undefined): void => void navigate({ search: { show: to }, replace: true });
  return (
    <div className="h-full overflow-y-auto">
      <title>Inbox · Sparky</title>
      <div className="mx-auto max-w-3xl px-4 py-3">
        <h1 className="text-base font-semibold">Inbox</h1>
        <div role="group" aria-label="What to show" className="mt-2 flex gap-1 py-1">
          <Pill
            word="Open"
            n={open.items && open.items.length + countOf(changes)}
            isOn={show === undefined}
            onClick={() => turn(undefined)}
          />
          <Pill word="History" isOn={show === "history"} onClick={() => turn("history")} />
        </div>
        <p role="status" className={told === "" ? "sr-only" : "my-2 rounded-md bg-panel px-3 py-2 text-sm"}>
          {told}
        </p>
        {show === "history" ? <History /> : <Open onTold={setTold} hasChanges={changes.length > 0} />}
        <Grants />
      </div>
    </div>
  );
}

function Open({ onTold, hasChanges }: { onTold: (words: string) => void; hasChanges: boolean }) {
  const open = useOpen();
  if (open.isPending) return <Loading what="Loading what waits for you…" />;
  if (open.items === undefined) {
    return <Failure what="The inbox could not be loaded" error={open.error} retry={open.retry} />;
  }
  if (open.items.length === 0) {
    return hasChanges ? (
      <Changes onTold={onTold} />
    ) : (
      <Empty title="Nothing waits for you" command="sparky approvals list">
        Before a risky call, such as a shell command, the agent asks here first; and what only you know, it asks you
        here.
      </Empty>
    );
  }
  return (
    <>
      <div className="mt-2 flex flex-col gap-3">
        <h2 className="sr-only">Waits for an answer</h2>
        {open.items.map((asked) => (
          <AskedCard key={asked.id} asked={asked} onTold={onTold} />
        ))}
      </div>
      <Changes onTold={onTold} />
    </>
  );
}
