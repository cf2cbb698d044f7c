import { useNavigate, useSearch } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { countOf } from "../../src/wire/changes.ts";
import { useServices } from "../app/services.tsx";
import { Changes } from "../changes/changes.tsx";
import { changesQuery } from "../changes/queries.ts";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { Pill } from "../ui/pill.tsx";
import { Screen } from "../ui/screen.tsx";
import { AskedCard, useOpen } from "./asked.tsx";
import { Grants } from "./grants.tsx";
import { History } from "./history.tsx";
import { WORDS } from "../words/approvals.tsx";

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
    <Screen title={WORDS.windowTitle} isNarrow>
      <h1 className="text-base font-semibold">{WORDS.title}</h1>
      <div role="group" aria-label={WORDS.show} className="mt-2 flex gap-1 py-1">
        <Pill
          word={WORDS.open}
          n={open.items && open.items.length + countOf(changes)}
          isOn={show === undefined}
          onClick={() => turn(undefined)}
        />
        <Pill word={WORDS.history} isOn={show === "history"} onClick={() => turn("history")} />
      </div>
      <p role="status" className={told === "" ? "sr-only" : "my-2 rounded-md bg-panel px-3 py-2 text-sm"}>
        {told}
      </p>
      {show === "history" ? <History /> : <Open onTold={setTold} hasChanges={changes.length > 0} />}
      <Grants />
    </Screen>
  );
}

function Open({ onTold, hasChanges }: { onTold: (words: string) => void; hasChanges: boolean }) {
  const open = useOpen();
  if (open.isPending) return <Loading what={WORDS.loading} />;
  if (open.items === undefined) {
    return <Failure what={WORDS.notLoaded} error={open.error} retry={open.retry} />;
  }
  if (open.items.length === 0) {
    return hasChanges ? (
      <Changes onTold={onTold} />
    ) : (
      <Empty title={WORDS.nothing} command="sparky approvals list">
        {WORDS.whatComesHere}
      </Empty>
    );
  }
  return (
    <>
      <div className="mt-2 flex flex-col gap-3">
        <h2 className="sr-only">{WORDS.waitsForAnswer}</h2>
        {open.items.map((asked) => (
          <AskedCard key={asked.id} asked={asked} onTold={onTold} />
        ))}
      </div>
      <Changes onTold={onTold} />
    </>
  );
}
