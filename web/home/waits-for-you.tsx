import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { exactLine } from "../../src/core/exact.ts";
import { changeWords, type Change } from "../../src/wire/changes.ts";
import { AskedCard, type useOpen } from "../approvals/asked.tsx";
import { Failure } from "../ui/notice.tsx";
import { Section } from "../ui/section.tsx";
import { WORDS } from "../words/home.ts";

const MOST = 1;

/** The newest question of the agent; all of them are in the inbox. What became of an answer stays to be read. */
export function WaitsForYou({ open, changes }: { open: ReturnType<typeof useOpen>; changes: readonly Change[] }) {
  const [told, setTold] = useState("");
  const { items } = open;
  if (items === undefined && !open.isPending) {
    return <Failure what={WORDS.inboxNotLoaded} error={open.error} retry={open.retry} />;
  }
  if (items === undefined || (items.length + changes.length === 0 && told === "")) return null;
  const more = items.length - MOST;
  return (
    <Section
      id="waits-for-you"
      title={WORDS.waitsForYou}
      beside={
        more > 0 && (
          <Link to="/inbox" className="tap inline-flex items-center text-sm text-accent underline">
            {WORDS.moreInInbox(more, open.hasMore)}
          </Link>
        )
      }
    >
      <p role="status" className={told === "" ? "sr-only" : "my-2 rounded-md bg-panel px-3 py-2 text-sm"}>
        {told}
      </p>
      <div className="mt-1 flex flex-col gap-3">
        {items.slice(0, MOST).map((asked) => (
          <AskedCard key={asked.id} asked={asked} onTold={setTold} />
        ))}
      </div>
      <ul>
        {changes.map((change) => (
          <li key={changeWords(change)}>
            <Link to="/inbox" className="tap mt-2 inline-flex items-center text-sm text-accent underline">
              {exactLine(changeWords(change), 200)}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
