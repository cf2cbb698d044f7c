import { useNavigate, useSearch } from "@tanstack/react-router";
import { RECALL_KINDS } from "../../src/wire/recall.ts";
import { fadeWhereCut } from "../ui/fades.ts";
import { Pill } from "../ui/pill.tsx";
import { SearchBox } from "../ui/search-box.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/memory.tsx";
import { FoundList } from "./found-list.tsx";
import { MemoryPage } from "./memory-page.tsx";
import { NodeList } from "./node-list.tsx";

/** Search first, with why each hit was found; without words all that the graph holds. */
export function MemoryScreen() {
  const { q = "", kind, type } = useSearch({ from: "/memory" });
  const navigate = useNavigate({ from: "/memory" });
  const show = (change: { q?: string | undefined; kind?: typeof kind; type?: string | undefined }): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <MemoryPage title={WORDS.memory}>
      <div className="mt-2 flex">
        <SearchBox
          isWide
          label={WORDS.searchLabel}
          value={q}
          onChange={(words) => show({ q: words === "" ? undefined : words, type: undefined })}
        />
      </div>
      {q === "" ? (
        <NodeList type={type} onType={(only) => show({ type: only })} />
      ) : (
        <>
          <div
            role="group"
            aria-label={WORDS.whatToFind}
            ref={fadeWhereCut}
            className="fades mt-2 flex gap-1 overflow-x-auto py-1"
          >
            <Pill word={COMMON.all} isOn={kind === undefined} onClick={() => show({ kind: undefined })} />
            {RECALL_KINDS.map((each) => (
              <Pill
                key={each}
                word={WORDS.foundKinds[each]}
                isOn={kind === each}
                onClick={() => show({ kind: each })}
              />
            ))}
          </div>
          <FoundList key={`${kind} ${q}`} words={q} kind={kind} />
        </>
      )}
    </MemoryPage>
  );
}
