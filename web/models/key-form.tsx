import { CircleCheck, LoaderCircle } from "lucide-react";
import { useState } from "react";
import { causeOf } from "../../src/core/causes.ts";
import type { Models, ModelsSet, ModelTest, NewModelKey } from "../../src/wire/models.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { duration } from "../ui/format.ts";
import { Problem } from "../ui/notice.tsx";
import { OFFERED, providerWords } from "./providers.ts";
import { providerPath, useSetModels } from "./queries.ts";
import { WORDS } from "../words/models.tsx";

interface Props {
  readonly models: Models;
  /** Chosen at first; without it the one in use, else the first. */
  readonly provider?: string;
  /** The one that is chosen stays so. */
  readonly isFixed?: boolean;
  readonly onKept?: (set: ModelsSet) => void;
}

/** It may answer later, or from where the server is started next: the key itself was not refused. */
const PASSES: ReadonlySet<string> = new Set([
  "model_unreachable",
  "model_timeout",
  "model_overloaded",
  "model_rate_limited",
  "model_bad_response",
]);

/** Where vLLM listens. */
const EXAMPLE = "http://127.0.0.1:8000/v1";

type Outcome = { readonly set: ModelsSet } | { readonly test: ModelTest } | { readonly error: Error };

/** A provider's key, tried before it is kept. It is in this form only, until it is sent: in no cache, no history, no autofill. */
export function KeyForm({ models, provider: first, isFixed = false, onKept }: Props) {
  const send = useSetModels();
  const used = models.providers.find(({ inUse }) => inUse)?.provider;
  const here = models.local.find(({ models: its }) => its.length > 0)?.provider ?? OFFERED[0];
  const [provider, setProvider] = useState(first ?? (used === undefined || used === "demo" ? here : used));
  const [key, setKey] = useState("");
  const [url, setUrl] = useState("");
  const [model, setModel] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const facts = models.providers.find((each) => each.provider === provider);
  const words = providerWords(provider);
  const found = models.local.find((server) => server.provider === provider);
  const names = (found?.models ?? []).map(({ id }) => id.slice(provider.length + 1));
  const usual = models.model.startsWith(`${provider}/`)
    ? models.model.slice(provider.length + 1)
    : (facts?.usualModel ?? names[0] ?? "");
  const needsKey = facts?.keyNeeded === true && facts.key === null;
  const needsUrl = facts?.addressNeeded === true && facts.address === null;
  const isReady =
    (key.trim() !== "" || !needsKey) && (url.trim() !== "" || !needsUrl) && (model ?? usual).trim() !== "";
  const choose = (name: string): void => {
    setProvider(name);
    // A key is sent to nobody but the provider it was typed for.
    setKey("");
    setModel(null);
    setUrl("");
    setOutcome(null);
  };
  const submit = async (isUntested: boolean): Promise<void> => {
    setBusy(true);
    setOutcome(null);
    const body: NewModelKey = {
      ...(key.trim() !== "" && { key }),
      ...(url.trim() !== "" && { url }),
      model: (model ?? usual).trim(),
      use: true,
      ...(isUntested && { untested: true }),
    };
    try {
      const set = await send("POST", providerPath(provider), body);
      if (set.kept) {
        setKey("");
        setOutcome({ set });
        onKept?.(set);
      } else if (set.test !== null) setOutcome({ test: set.test });
    } catch (failure) {
      setOutcome({ error: failure instanceof Error ? failure : new Error(String(failure)) });
    }
    setBusy(false);
  };
  return (
    <form
      autoComplete="off"
      aria-label={WORDS.setModel}
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy && isReady) void submit(false);
      }}
    >
      {!isFixed && (
        <fieldset>
          <legend className="text-sm font-medium">{WORDS.provider}</legend>
          <div className="mt-1 flex flex-wrap gap-2">
            {OFFERED.map((name) => (
              <label
                key={name}
                className="tap flex cursor-pointer items-center gap-1.5 rounded-md border border-line-strong px-3 py-1 text-sm has-checked:border-accent has-checked:bg-accent-soft has-checked:font-medium"
              >
                <input
                  type="radio"
                  name="provider"
                  className="accent-accent"
                  checked={provider === name}
                  onChange={() => choose(name)}
                />
                {providerWords(name).title}
              </label>
            ))}
          </div>
        </fieldset>
      )}
      {provider === "compatible" && <p className="text-sm text-muted">{WORDS.whatIsCompatible}</p>}
      {!isFixed && found !== undefined && (
        <p className="text-sm [overflow-wrap:anywhere]">
          {WORDS.answersAt(words.title, found.address, found.models.length)}
        </p>
      )}
      {facts?.addressFixed === false && (needsUrl || !facts.keyNeeded) && (
        <TextField
          id="model-url"
          label={WORDS.address}
          type="url"
          inputMode="url"
          placeholder={facts.address ?? EXAMPLE}
          help={facts.address === null ? undefined : WORDS.addressHelp(facts.address)}
          autoComplete="off"
          spellCheck={false}
          maxLength={2000}
          value={url}
          onChange={(event) => setUrl(event.target.value)}
        />
      )}
      <div className="[&_input]:[-webkit-text-security:disc]">
        <TextField
          id="model-key"
          label={facts?.keyNeeded === true ? WORDS.key : WORDS.keyIfWanted}
          help={
            <>
              {words.keys !== null && WORDS.keyFrom(words.keys)}
              {words.sharesKey && WORDS.keyIsShared}
              {facts?.key !== null && facts?.key !== undefined && WORDS.keyIsSet}
              {WORDS.keyIsKept(<code className="font-mono [overflow-wrap:anywhere]">{models.file}</code>)}
            </>
          }
          autoComplete="off"
          autoCorrect="off"
          autoCapitalize="off"
          spellCheck={false}
          data-1p-ignore
          data-lpignore="true"
          data-bwignore
          maxLength={4096}
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
      </div>
      <TextField
        id="model-name"
        label={WORDS.model}
        help={WORDS.modelHelp}
        placeholder={provider === "openrouter" ? WORDS.vendorAndModel : WORDS.modelExample}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        maxLength={200}
        list="models-here"
        value={model ?? usual}
        onChange={(event) => setModel(event.target.value)}
      />
      <datalist id="models-here">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <div className="flex flex-wrap items-center gap-3">
        <Button kind="primary" type="submit" disabled={isBusy || !isReady}>
          {isBusy ? WORDS.asking : WORDS.testAndUse}
        </Button>
        <p className="text-xs text-muted">{WORDS.whatTestIs}</p>
      </div>
      <div role="status" className="empty:hidden">
        {isBusy && (
          <p className="flex items-center gap-2 text-sm text-muted">
            <LoaderCircle aria-hidden="true" className="spin size-4 shrink-0" />
            {WORDS.askingProvider(words.title)}
          </p>
        )}
        {outcome !== null && "set" in outcome && <Kept set={outcome.set} />}
      </div>
      {outcome !== null && "error" in outcome && <Problem error={outcome.error} />}
      {outcome !== null && "test" in outcome && (
        <div
          ref={intoView}
          role="alert"
          className="scroll-mb-20 rounded-md border-l-4 border-bad bg-bad-soft px-3 py-2 text-sm"
        >
          <p className="font-medium text-bad">{titleOf(outcome.test)}</p>
          <p className="mt-0.5 [overflow-wrap:anywhere]">{outcome.test.message}</p>
          <p className="mt-1">{WORDS.nothingChanged}</p>
          {PASSES.has(outcome.test.code ?? "") && (
            <Button className="mt-2" disabled={isBusy} onClick={() => void submit(true)}>
              {WORDS.keepAllTheSame}
            </Button>
          )}
        </div>
      )}
    </form>
  );
}

/** What came of it stands below the button, where a phone has its bars. */
const intoView = (element: HTMLElement | null): void => element?.scrollIntoView({ block: "nearest" });

/** The provider's limits and an account without money come by the same code: its own words tell which. */
const titleOf = ({ code, message }: ModelTest): string =>
  /no credit/.test(message) ? WORDS.noCredit : causeOf(code ?? "");

function Kept({ set: { test, models, overruled } }: { set: ModelsSet }) {
  const isUsed = overruled.length === 0;
  return (
    <div ref={intoView} className="scroll-mb-20 rounded-md border-l-4 border-good bg-panel px-3 py-2 text-sm">
      <p className="flex items-center gap-2 font-medium text-good">
        <CircleCheck aria-hidden="true" className="size-4 shrink-0" />
        {test === null ? WORDS.keptUntested : WORDS.answeredIn(test.model, duration(test.durationMs))}
      </p>
      <p className="mt-0.5 [overflow-wrap:anywhere]">
        {isUsed ? WORDS.isUsed(models.model) : WORDS.isOverruled(overruled)}
      </p>
      {models.severalNodes && <p className="mt-0.5">{WORDS.severalNodes}</p>}
    </div>
  );
}
