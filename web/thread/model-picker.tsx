import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";
import type { Effort } from "../../src/core/effort.ts";
import type { ChatPatch } from "../../src/wire/api.ts";
import type { ModelChoices } from "../../src/wire/models.ts";
import { useServices } from "../app/services.tsx";
import { factsOf } from "../models/facts.ts";
import { EffortChoice } from "../models/effort-choice.tsx";
import { modelChoicesQuery } from "../models/queries.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Failure, Loading, Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/thread.ts";
import { WORDS as COMMON } from "../words/common.ts";

interface Props {
  readonly model: string | null;
  readonly effort: Effort | null;
  /** With what is another one now. */
  readonly onUse: (changes: ModelChange) => Promise<unknown>;
  readonly onClose: () => void;
}

export type ModelChange = Pick<ChatPatch, "model" | "effort">;

/** Which model answers in a chat, and why others cannot. */
export function ModelPicker(props: Props) {
  const { http } = useServices();
  const choices = useQuery(modelChoicesQuery(http));
  return (
    <Dialog title={WORDS.picker.title} onClose={props.onClose}>
      <p className="mt-1 text-sm text-muted">{WORDS.picker.means}</p>
      {choices.data !== undefined ? (
        <Choose choices={choices.data} {...props} />
      ) : choices.isError ? (
        <Failure what={WORDS.picker.notListed} error={choices.error} retry={() => void choices.refetch()} />
      ) : (
        <Loading what={WORDS.picker.loading} />
      )}
    </Dialog>
  );
}

const OWN = "";
const OTHER = " other";

function Choose({ model, effort, choices, onUse, onClose }: Props & { readonly choices: ModelChoices }) {
  const usable = choices.items.filter(({ why }) => why === null);
  const isListed = model === null || usable.some(({ id }) => id === model);
  const [chosen, setChosen] = useState(model === null ? OWN : isListed ? model : OTHER);
  const [other, setOther] = useState(isListed ? "" : (model ?? ""));
  const [thinks, setThinks] = useState(effort);
  const use = useMutation({ mutationFn: onUse, onSuccess: onClose });
  const wanted = chosen === OWN ? null : chosen === OTHER ? other.trim() : chosen;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const changes = { ...(wanted !== model && { model: wanted }), ...(thinks !== effort && { effort: thinks }) };
    if (Object.keys(changes).length === 0) onClose();
    else use.mutate(changes);
  };
  const choice = (value: string, name: string, about: string): ReactNode => (
    <label key={value} className="tap choice rounded-md px-2 py-1 hover:bg-sunken">
      <input
        type="radio"
        name="model"
        value={value}
        checked={chosen === value}
        onChange={() => setChosen(value)}
        {...(chosen === value && { "data-first": true })}
      />
      <span className="[overflow-wrap:anywhere]">
        {name} <span className="text-xs text-muted">{about}</span>
      </span>
    </label>
  );
  return (
    <form onSubmit={submit} className="mt-3 flex flex-col gap-3 text-sm">
      <fieldset className="max-h-64 overflow-y-auto">
        <legend className="sr-only">{WORDS.picker.usable}</legend>
        {choice(OWN, WORDS.picker.own(choices.model), WORDS.picker.ownMeans)}
        {usable.map((item) => choice(item.id, item.id, factsOf(item)))}
        {choice(OTHER, WORDS.picker.another, "")}
      </fieldset>
      {chosen === OTHER && (
        <label className="flex flex-col gap-1 font-medium">
          {WORDS.picker.itsName}
          <input
            value={other}
            required
            maxLength={200}
            placeholder={WORDS.picker.example}
            onChange={(event) => setOther(event.target.value)}
            className="tap rounded-md border border-line-strong bg-page px-2 py-1.5 text-base font-normal"
          />
        </label>
      )}
      <EffortChoice label={WORDS.picker.effort} model={wanted ?? ""} value={thinks} onChange={setThinks} />
      <NotHere choices={choices} />
      <Problem error={use.error} />
      <div className="flex justify-end gap-2">
        <Button kind="quiet" onClick={onClose}>
          {COMMON.cancel}
        </Button>
        <Button kind="primary" type="submit" disabled={use.isPending || wanted === ""}>
          {use.isPending ? WORDS.picker.setting : WORDS.picker.use}
        </Button>
      </div>
    </form>
  );
}

function NotHere({ choices }: { choices: ModelChoices }) {
  const models = choices.items.flatMap(({ id, why }) => (why === null ? [] : [{ name: id, why }]));
  const named = new Set(models.map(({ name }) => name.split("/", 1)[0]));
  const forms = choices.forms.flatMap(({ form, why }) =>
    why === null || named.has(form.split("/", 1)[0] ?? "") ? [] : [{ name: form, why }],
  );
  const all = [...models, ...forms];
  if (all.length === 0) return null;
  return (
    <section aria-label={WORDS.picker.notUsable} className="border-t border-line pt-2">
      <h3 className="text-xs font-semibold text-muted">{WORDS.picker.notUsableHere}</h3>
      <ul className="mt-1">
        {all.map(({ name, why }) => (
          <li key={name} className="text-xs text-muted [overflow-wrap:anywhere]">
            {WORDS.picker.why(name, why)}
          </li>
        ))}
      </ul>
    </section>
  );
}
