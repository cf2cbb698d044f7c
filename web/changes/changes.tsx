import { useQuery } from "@tanstack/react-query";
import { useServices } from "../app/services.tsx";
import { Failure } from "../ui/notice.tsx";
import { ChangeCard } from "./change-card.tsx";
import { changesQuery } from "./queries.ts";
import { WORDS } from "../words/changes.tsx";

/** The tools and skills that are new or changed; nothing where there are none. */
export function Changes({ onTold }: { onTold: (words: string) => void }) {
  const { http } = useServices();
  const changes = useQuery(changesQuery(http));
  if (changes.data === undefined) {
    if (changes.error === null) return null;
    const retry = (): void => void changes.refetch();
    return <Failure what={WORDS.notLoaded} error={changes.error} retry={retry} />;
  }
  if (changes.data.items.length === 0) return null;
  return (
    <section aria-labelledby="changes" className="mt-6">
      <h2 id="changes" className="font-semibold">
        {WORDS.title}
      </h2>
      <div className="mt-2 flex flex-col gap-3">
        {changes.data.items.map((change) => (
          <ChangeCard
            key={change.kind === "tools" ? `tools ${change.server}` : `skill ${change.place} ${change.folder}`}
            change={change}
            onTold={onTold}
          />
        ))}
      </div>
    </section>
  );
}
