import { useId, useState } from "react";
import { Button } from "../ui/button.tsx";
import { WORDS } from "../words/approvals.tsx";

interface Props {
  /** What is offered, to be edited. */
  readonly suggested: readonly string[];
  readonly disabled: boolean;
  readonly onAllow: (rules: readonly string[], span: "run" | "midnight") => void;
}

/** A yes to commands like this one, each rule in a line of its own. */
export function CommandRules({ suggested, disabled, onAllow }: Props) {
  const [text, setText] = useState(suggested.join("\n"));
  const id = useId();
  const rules = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const isOff = disabled || rules.length === 0;
  return (
    <details className="rounded-md border border-line px-2 py-1 text-sm">
      <summary className="tap cursor-pointer font-medium">{WORDS.approveLike}</summary>
      <label htmlFor={id} className="mt-1 block text-xs text-muted">
        {WORDS.rulesHelp}
      </label>
      <textarea
        id={id}
        value={text}
        rows={Math.min(6, Math.max(2, suggested.length))}
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        className="mt-1 w-full rounded-md border border-line-strong bg-page px-2 py-1 font-mono text-sm"
      />
      <div className="mb-1 flex flex-wrap gap-2">
        <Button disabled={isOff} onClick={() => onAllow(rules, "run")}>
          {WORDS.approveTheseRun}
        </Button>
        <Button disabled={isOff} onClick={() => onAllow(rules, "midnight")}>
          {WORDS.approveTheseMidnight}
        </Button>
      </div>
    </details>
  );
}
