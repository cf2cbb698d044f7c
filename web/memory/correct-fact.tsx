import { useState, type FormEvent } from "react";
import type { Fact, FactPatch } from "../../src/wire/facts.ts";
import { Button } from "../ui/button.tsx";
import { instantOf } from "../ui/clock.ts";
import { Dialog } from "../ui/dialog.tsx";
import { TextBox, TextField } from "../ui/field.tsx";
import { Problem } from "../ui/notice.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/memory.tsx";
import { usePatchFact } from "./change-fact.ts";
import { fieldOf } from "./fact-days.ts";

/** How it really is. What was known before stays with its times; of one that was only proposed, a correction is a yes. */
export function CorrectFact({ fact, onClose }: { fact: Fact; onClose: () => void }) {
  const [text, setText] = useState(fact.text);
  const [from, setFrom] = useState(fieldOf(fact.validFrom));
  const [to, setTo] = useState(fieldOf(fact.validTo));
  const patch = usePatchFact(fact.id);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const change: FactPatch = {
      ...(text.trim() !== fact.text && { text: text.trim() }),
      ...(from !== fieldOf(fact.validFrom) && { validFrom: dayOf(from) }),
      ...(to !== fieldOf(fact.validTo) && { validTo: dayOf(to) }),
      ...(fact.status === "proposed" && text.trim() === fact.text && { status: "active" as const }),
    };
    if (Object.keys(change).length === 0) onClose();
    else patch.mutate(change, { onSuccess: onClose });
  };
  return (
    <Dialog title={WORDS.correctTitle} onClose={onClose}>
      <form onSubmit={submit} className="mt-3 flex flex-col gap-3">
        <TextBox
          id="fact-text"
          data-first
          label={WORDS.asItIs}
          required
          rows={3}
          value={text}
          onChange={({ target }) => setText(target.value)}
          help={WORDS.correctHelp}
        />
        <div className="grid gap-3 sm:grid-cols-2">
          <TextField
            id="fact-from"
            type="date"
            label={WORDS.sinceField}
            value={from}
            onChange={({ target }) => setFrom(target.value)}
          />
          <TextField
            id="fact-to"
            type="date"
            label={WORDS.untilField}
            value={to}
            onChange={({ target }) => setTo(target.value)}
          />
        </div>
        <Problem error={patch.error} />
        <div className="flex justify-end gap-2">
          <Button kind="quiet" onClick={onClose}>
            {COMMON.cancel}
          </Button>
          <Button kind="primary" type="submit" disabled={patch.isPending || text.trim() === ""}>
            {patch.isPending ? COMMON.saving : COMMON.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The beginning of a day, on the reader's own clock. */
const dayOf = (day: string): string | null => (day === "" ? null : instantOf(`${day}T00:00`).toISOString());
