import { useState } from "react";
import { exactLine } from "../../src/core/exact.ts";
import type { Prompt } from "../../src/wire/offers.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextBox } from "../ui/field.tsx";
import { Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/thread.ts";
import { WORDS as COMMON } from "../words/common.ts";

/** By the arguments' names. */
export type Values = Readonly<Record<string, string>>;

interface PromptFormProps {
  readonly prompt: Prompt;
  readonly given: Values;
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly onClose: () => void;
  readonly onFill: (values: Values) => void;
}

/** What a prompt wants to know. Left empty, one that may be left out is. */
export function PromptForm({ prompt, given, isPending, error, onClose, onFill }: PromptFormProps) {
  const [values, setValues] = useState(given);
  return (
    <Dialog title={exactLine(prompt.title)} onClose={onClose}>
      <form
        className="mt-3 flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          onFill(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "")));
        }}
      >
        {prompt.args.map(({ name, description, required }, n) => (
          <TextBox
            key={name}
            id={`argument-${n}`}
            label={required ? exactLine(name) : WORDS.offers.mayBeLeftOut(exactLine(name))}
            {...(description !== "" && { help: exactLine(description, 500) })}
            {...(n === 0 && { "data-first": true })}
            rows={1}
            required={required}
            value={values[name] ?? ""}
            onChange={(event) => setValues({ ...values, [name]: event.target.value })}
          />
        ))}
        <Problem error={error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{COMMON.cancel}</Button>
          <Button kind="primary" type="submit" disabled={isPending}>
            {isPending ? WORDS.offers.asking : WORDS.offers.put}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
