import { Empty } from "../ui/notice.tsx";
import { WORDS } from "../words/memory.tsx";
import { FactList } from "./fact-list.tsx";
import { MemoryPage } from "./memory-page.tsx";

/** What the agent has concluded and nobody has confirmed yet. */
export function ReviewScreen() {
  return (
    <MemoryPage title={WORDS.parts.review}>
      <p className="mt-2 max-w-3xl text-sm text-muted">{WORDS.reviewMeans}</p>
      <FactList
        label={WORDS.parts.review}
        filter={{ status: "proposed" }}
        empty={
          <Empty title={WORDS.nothingToReview} command="sparky memory review">
            {WORDS.proposedHere}
          </Empty>
        }
      />
    </MemoryPage>
  );
}
