import { Check, Lock, Pencil, Pin, PinOff, Share2, Trash2, X } from "lucide-react";
import { useState } from "react";
import type { Fact } from "../../src/wire/facts.ts";
import { BRIEF } from "../ui/brief.ts";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/memory.tsx";
import { usePatchFact } from "./change-fact.ts";
import { CorrectFact } from "./correct-fact.tsx";
import { ForgetFact, ShareFact } from "./ask-fact.tsx";

const SMALL = "px-2 py-0.5 text-xs";

/** What a person can do with a fact: of a proposed one, to say whether it is so. */
export function FactDeeds({ fact }: { fact: Fact }) {
  const [asks, setAsks] = useState<"correct" | "share" | "forget" | null>(null);
  const patch = usePatchFact(fact.id);
  const close = (): void => setAsks(null);
  if (fact.status === "forgotten") return null;
  const named = (deed: string): string => WORDS.deedOf(deed, fact.text);
  const pinning = fact.pinned ? WORDS.unpin : WORDS.pin;
  const isNow = fact.status === "active";
  return (
    <>
      {fact.status === "proposed" && (
        <>
          <Button
            kind="primary"
            className={SMALL}
            aria-label={named(WORDS.confirm)}
            disabled={patch.isPending}
            onClick={() => patch.mutate({ status: "active" })}
          >
            <Check aria-hidden="true" className="size-3.5" />
            {WORDS.confirm}
          </Button>
          <Button
            className={SMALL}
            aria-label={named(WORDS.reject)}
            disabled={patch.isPending}
            onClick={() => patch.mutate({ status: "retired" })}
          >
            <X aria-hidden="true" className="size-3.5" />
            {WORDS.reject}
          </Button>
        </>
      )}
      {fact.status !== "retired" && (
        <Button className={SMALL} aria-label={named(WORDS.correct)} onClick={() => setAsks("correct")}>
          <Pencil aria-hidden="true" className="size-3.5" />
          {WORDS.correctThis}
        </Button>
      )}
      {isNow && (
        <Button
          kind="quiet"
          className={SMALL}
          aria-label={named(pinning)}
          disabled={patch.isPending}
          onClick={() => patch.mutate({ pinned: !fact.pinned })}
        >
          {fact.pinned ? (
            <PinOff aria-hidden="true" className="size-3.5" />
          ) : (
            <Pin aria-hidden="true" className="size-3.5" />
          )}
          <span className={BRIEF}>{pinning}</span>
        </Button>
      )}
      {isNow && !fact.shared && (
        <Button kind="quiet" className={SMALL} aria-label={named(WORDS.share)} onClick={() => setAsks("share")}>
          <Share2 aria-hidden="true" className="size-3.5" />
          <span className={BRIEF}>{WORDS.shareThis}</span>
        </Button>
      )}
      {isNow && fact.shared && (
        <Button
          kind="quiet"
          className={SMALL}
          aria-label={named(WORDS.unshare)}
          disabled={patch.isPending}
          onClick={() => patch.mutate({ shared: false })}
        >
          <Lock aria-hidden="true" className="size-3.5" />
          <span className={BRIEF}>{WORDS.unshare}</span>
        </Button>
      )}
      {fact.status !== "proposed" && (
        <Button kind="grave" className={SMALL} aria-label={named(WORDS.forget)} onClick={() => setAsks("forget")}>
          <Trash2 aria-hidden="true" className="size-3.5" />
          <span className={BRIEF}>{WORDS.forgetThis}</span>
        </Button>
      )}
      <Problem error={patch.error} />
      {asks === "correct" && <CorrectFact fact={fact} onClose={close} />}
      {asks === "share" && <ShareFact fact={fact} onClose={close} />}
      {asks === "forget" && <ForgetFact fact={fact} onClose={close} />}
    </>
  );
}
