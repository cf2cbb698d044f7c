import { Trash2 } from "lucide-react";
import type { Fact } from "../../src/wire/facts.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Problem } from "../ui/notice.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/memory.tsx";
import { useForgetFact, usePatchFact } from "./change-fact.ts";

interface Props {
  readonly fact: Fact;
  readonly onClose: () => void;
}

export function ForgetFact({ fact, onClose }: Props) {
  const forget = useForgetFact(fact.id);
  return (
    <Dialog title={WORDS.forgetTitle} onClose={onClose}>
      <p dir="auto" className="mt-2 [overflow-wrap:anywhere]">
        {WORDS.quoted(fact.text)}
      </p>
      <p className="mt-2 text-sm text-muted">{WORDS.forgetMeans}</p>
      <Problem error={forget.error} />
      <div className="mt-4 flex justify-end gap-2">
        <Button data-first kind="quiet" onClick={onClose}>
          {COMMON.keepIt}
        </Button>
        <Button
          kind="danger"
          disabled={forget.isPending}
          onClick={() => forget.mutate(undefined, { onSuccess: onClose })}
        >
          <Trash2 aria-hidden="true" className="size-4" />
          {forget.isPending ? WORDS.forgetting : WORDS.forget}
        </Button>
      </div>
    </Dialog>
  );
}

export function ShareFact({ fact, onClose }: Props) {
  const patch = usePatchFact(fact.id);
  return (
    <Dialog title={WORDS.shareTitle} onClose={onClose}>
      <p dir="auto" className="mt-2 [overflow-wrap:anywhere]">
        {WORDS.quoted(fact.text)}
      </p>
      <p className="mt-2 text-sm text-muted">{WORDS.shareMeans}</p>
      <Problem error={patch.error} />
      <div className="mt-4 flex justify-end gap-2">
        <Button data-first kind="quiet" onClick={onClose}>
          {WORDS.notNow}
        </Button>
        <Button
          kind="primary"
          disabled={patch.isPending}
          onClick={() => patch.mutate({ shared: true }, { onSuccess: onClose })}
        >
          {patch.isPending ? WORDS.sharing : WORDS.shareIt}
        </Button>
      </div>
    </Dialog>
  );
}
