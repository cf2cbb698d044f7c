import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { SECRET_NAME, setSecretSchema, type SecretInfo } from "../../src/wire/secrets.ts";
import { useServices } from "../app/services.tsx";
import { anything } from "../live/http.ts";
import { Button } from "../ui/button.tsx";
import { TextBox, TextField } from "../ui/field.tsx";
import { agoInWords, fullTime } from "../ui/format.ts";
import { Empty, Failure, Loading, Problem } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { secretsQuery } from "./queries.ts";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/tools.tsx";

/** The owner's secrets by name: a value goes in here and comes out nowhere. */
export function SecretList() {
  const { http } = useServices();
  const list = useQuery(secretsQuery(http));
  const [form, setForm] = useState<string | null>(null);
  const [told, setTold] = useState("");
  if (list.isPending) return <Loading what={WORDS.loadingSecrets} />;
  if (list.data === undefined) {
    return <Failure what={WORDS.secretsNotLoaded} error={list.error} retry={() => void list.refetch()} />;
  }
  const { items } = list.data;
  const done = (words: string): void => {
    setForm(null);
    setTold(words);
  };
  return (
    <>
      <p role="status" className={told === "" ? "sr-only" : "my-2 rounded-md bg-panel px-3 py-2 text-sm"}>
        {told}
      </p>
      {items.length === 0 && form === null && (
        <Empty title={WORDS.noSecrets} command="sparky secret set WEATHER_KEY">
          {WORDS.whatSecretsAre}
        </Empty>
      )}
      <ul className="mt-2 divide-y divide-line border-line not-empty:border-y">
        {items.map((secret) => (
          <SecretRow
            key={secret.name}
            secret={secret}
            isReplaced={form === secret.name}
            onReplace={() => setForm(secret.name)}
            onDone={done}
            onCancel={() => setForm(null)}
          />
        ))}
      </ul>
      {form === "" ? (
        <SecretForm onDone={done} onCancel={() => setForm(null)} />
      ) : (
        <Button className={`mt-3 ${items.length === 0 ? "mx-auto flex" : ""}`} onClick={() => setForm("")}>
          <Plus aria-hidden="true" className="size-4" />
          {WORDS.addSecret}
        </Button>
      )}
    </>
  );
}

interface RowProps {
  readonly secret: SecretInfo;
  readonly isReplaced: boolean;
  readonly onReplace: () => void;
  readonly onDone: (words: string) => void;
  readonly onCancel: () => void;
}

function SecretRow({ secret: { name, setAt, usedBy }, isReplaced, onReplace, onDone, onCancel }: RowProps) {
  const { http, queries } = useServices();
  const now = useNow(30_000);
  const [isLeaving, setLeaving] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const remove = async (): Promise<void> => {
    try {
      await http.send("DELETE", `/api/secrets/${encodeURIComponent(name)}`, undefined, anything);
      onDone(WORDS.removed(name));
    } catch (problem) {
      setError(problem instanceof Error ? problem : new Error(String(problem)));
    }
    await queries.invalidateQueries({ queryKey: ["tools", "secrets"] });
  };
  const users = [
    ...usedBy.servers.map((server) => WORDS.theServer(server)),
    ...usedBy.tools.map((tool) => WORDS.unasked(tool)),
  ];
  return (
    <li data-secret={name} className="py-3 text-sm">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="flex min-w-0 items-center gap-1.5 font-mono font-medium [overflow-wrap:anywhere]">
          <KeyRound aria-hidden="true" className="size-4 shrink-0 text-muted" />
          {name}
        </h2>
        <time dateTime={setAt} title={fullTime(setAt)} className="text-xs text-muted">
          {WORDS.setWhen(agoInWords(setAt, now))}
        </time>
        <span className="ml-auto flex flex-wrap gap-2">
          <Button className="px-2 py-1" aria-label={WORDS.replaceIt(name)} onClick={onReplace}>
            {WORDS.replace}
          </Button>
          {isLeaving ? (
            <>
              <Button kind="danger" className="px-2 py-1" onClick={() => void remove()}>
                {WORDS.removeYes(name)}
              </Button>
              <Button className="px-2 py-1" onClick={() => setLeaving(false)}>
                {COMMON.keepIt}
              </Button>
            </>
          ) : (
            <Button
              kind="quiet"
              className="px-2 py-1"
              aria-label={WORDS.removeIt(name)}
              onClick={() => setLeaving(true)}
            >
              {WORDS.remove}
            </Button>
          )}
        </span>
      </div>
      <p className="mt-1 text-xs text-muted [overflow-wrap:anywhere]">
        {users.length === 0 ? WORDS.nothingNamesIt : WORDS.namedBy(users.join(", "))}
      </p>
      <Problem error={error} />
      {isReplaced && <SecretForm name={name} onDone={onDone} onCancel={onCancel} />}
    </li>
  );
}

interface FormProps {
  /** Of the one that is replaced. */
  readonly name?: string;
  readonly onDone: (words: string) => void;
  readonly onCancel: () => void;
}

/** The value is in this form only, until it is sent: in no cache, no history, no autofill. */
function SecretForm({ name: old, onDone, onCancel }: FormProps) {
  const { http, queries } = useServices();
  const [name, setName] = useState(old ?? "");
  const [value, setValue] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const problem = name === "" || SECRET_NAME.test(name) ? undefined : WORDS.badSecretName;
  const send = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const { masked } = await http.send("POST", "/api/secrets", { name, value }, setSecretSchema);
      setValue("");
      onDone(masked ? WORDS.set(name) : WORDS.setUnmasked(name));
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)));
      setBusy(false);
    }
    await queries.invalidateQueries({ queryKey: ["tools", "secrets"] });
  };
  return (
    <form
      autoComplete="off"
      aria-label={old === undefined ? WORDS.addSecret : WORDS.replaceIt(old)}
      className="mt-3 flex max-w-xl flex-col gap-3 rounded-xl border border-line p-4"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {old === undefined && (
        <TextField
          id="secret-name"
          label={WORDS.secretName}
          help={WORDS.secretNameHelp(`\${secret:${name === "" ? "NAME" : name}}`)}
          problem={problem}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={64}
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      <div className="[&_textarea]:[-webkit-text-security:disc]">
        <TextBox
          id={`secret-value-${old ?? ""}`}
          label={old === undefined ? WORDS.value : WORDS.newValue(old)}
          help={WORDS.valueHelp}
          rows={2}
          autoComplete="off"
          autoCorrect="off"
          autoCapitalize="off"
          spellCheck={false}
          data-1p-ignore
          data-lpignore="true"
          data-bwignore
          maxLength={4096}
          required
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      </div>
      <Problem error={error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{COMMON.cancel}</Button>
        <Button kind="primary" type="submit" disabled={isBusy || value === "" || name === "" || problem !== undefined}>
          {isBusy ? WORDS.setting : WORDS.setIt}
        </Button>
      </div>
    </form>
  );
}
