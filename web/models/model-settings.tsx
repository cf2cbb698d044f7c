import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Models } from "../../src/wire/models.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { Failure, Loading, Problem } from "../ui/notice.tsx";
import { Section } from "../ui/section.tsx";
import { factsOf, roughly } from "./facts.ts";
import { KeyForm } from "./key-form.tsx";
import { OFFERED, originWords, providerWords } from "./providers.ts";
import { modelsQuery, providerPath, useSetModels } from "./queries.ts";
import { TestModel } from "./test-model.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/models.tsx";

type Provider = Models["providers"][number];

/** The model that answers, and each provider: whether it can be used and why not, its key set, replaced or taken away. */
export function ModelSettings() {
  const { http } = useServices();
  const models = useQuery(modelsQuery(http));
  if (models.data !== undefined) return <Settings models={models.data} />;
  if (models.error !== null) {
    return <Failure what={WORDS.notLoaded} error={models.error} retry={() => void models.refetch()} />;
  }
  return <Loading what={WORDS.loading} />;
}

function Settings({ models }: { models: Models }) {
  const [open, setOpen] = useState<string | null>(null);
  const [done, setDone] = useState("");
  const rows = [...OFFERED, "demo"].flatMap((name) => models.providers.find(({ provider }) => provider === name) ?? []);
  return (
    <>
      <Section id="model-in-use" title={WORDS.inUse}>
        <p className="mt-1 text-sm">
          <strong className="font-medium [overflow-wrap:anywhere]">{models.model}</strong>
          <span className="text-muted">
            {models.chosenBy === null
              ? WORDS.byDefault
              : WORDS.chosenBy(models.chosenBy.variable, originWords(models.chosenBy.origin))}
          </span>
        </p>
        <p className="text-xs text-muted empty:hidden">{factsOf(models)}</p>
        {models.effort !== null && <p className="text-xs text-muted">{WORDS.usualEffort(models.effort)}</p>}
        {models.problem !== null && <p className="mt-1 text-sm text-bad [overflow-wrap:anywhere]">{models.problem}</p>}
        {models.standIns.length > 0 && (
          <div className="mt-1 text-sm">
            {WORDS.standIns}
            <ol className="ml-5 list-decimal">
              {models.standIns.map(({ model, problem }) => (
                <li key={model} className="[overflow-wrap:anywhere]">
                  {model}
                  {problem !== null && <span className="block text-bad">{problem}</span>}
                </li>
              ))}
            </ol>
          </div>
        )}
        <p className="mt-1 text-xs text-muted">{WORDS.aChatMayDiffer}</p>
        <div className="mt-2">
          <TestModel key={models.model} />
        </div>
      </Section>
      <div className="mt-6">
        <Section id="model-providers" title={WORDS.providers}>
          <p role="status" className="text-sm text-good empty:hidden">
            {done}
          </p>
          <ul className="mt-1 divide-y divide-line">
            {rows.map((row) => (
              <ProviderRow
                key={row.provider}
                row={row}
                models={models}
                isOpen={open === row.provider}
                onOpen={() => {
                  setOpen(open === row.provider ? null : row.provider);
                  setDone("");
                }}
                onDone={setDone}
              />
            ))}
          </ul>
        </Section>
      </div>
      <p className="mt-4 text-sm">
        <Link to="/welcome" search={{ step: "model" }} className="text-accent underline">
          {WORDS.welcomeAgain}
        </Link>
      </p>
    </>
  );
}

interface RowProps {
  readonly row: Provider;
  readonly models: Models;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  readonly onDone: (words: string) => void;
}

function ProviderRow({ row, models, isOpen, onOpen, onDone }: RowProps) {
  const send = useSetModels();
  const [isLeaving, setLeaving] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const { provider, inUse, key, address } = row;
  const { title } = providerWords(provider);
  const found = models.local.find((server) => server.provider === provider);
  const isOurs = key?.origin === "home";
  const opener = isOpen ? COMMON.close : key === null ? WORDS.setUp : WORDS.change;
  const change = async (method: "PATCH" | "DELETE", path: string, body: unknown, words: string): Promise<void> => {
    setError(null);
    try {
      const { overruled } = await send(method, path, body);
      onDone(overruled.length === 0 ? words : WORDS.thatCounts(overruled));
      setLeaving(false);
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)));
    }
  };
  return (
    <li data-provider={provider} className="py-3 text-sm">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="font-medium">{title}</h3>
        {inUse && (
          <span className="rounded-full bg-accent-soft px-2 text-xs font-medium text-accent">{WORDS.used}</span>
        )}
        <span className="ml-auto flex flex-wrap gap-2">
          {provider === "demo"
            ? !inUse && (
                <Button
                  className="px-2 py-1"
                  onClick={() => void change("PATCH", "/api/models", { model: "demo" }, WORDS.demoAnswers)}
                >
                  {WORDS.useIt}
                </Button>
              )
            : !isLeaving && (
                <Button
                  className="px-2 py-1"
                  aria-expanded={isOpen}
                  aria-label={WORDS.openerOf(opener, title)}
                  onClick={onOpen}
                >
                  {opener}
                </Button>
              )}
          {isOurs && !isLeaving && (
            <Button
              kind="quiet"
              className="px-2 py-1"
              aria-label={WORDS.removeKeyOf(title)}
              onClick={() => setLeaving(true)}
            >
              {WORDS.removeKey}
            </Button>
          )}
          {isLeaving && (
            <>
              <Button
                kind="danger"
                className="px-2 py-1"
                onClick={() => void change("DELETE", providerPath(provider), undefined, WORDS.keyRemoved(title))}
              >
                {WORDS.removeYes}
              </Button>
              <Button className="px-2 py-1" onClick={() => setLeaving(false)}>
                {COMMON.keepIt}
              </Button>
            </>
          )}
        </span>
      </div>
      <p className="mt-0.5 text-xs text-muted [overflow-wrap:anywhere]">{stateOf(row)}</p>
      {found !== undefined && <p className="text-xs text-muted [overflow-wrap:anywhere]">{modelsIn(found)}</p>}
      {address !== null && key !== null && (
        <p className="text-xs text-muted [overflow-wrap:anywhere]">{WORDS.askedAt(address)}</p>
      )}
      <Problem error={error} />
      {isOpen && (
        <div className="mt-3 max-w-xl rounded-xl border border-line p-4">
          <KeyForm models={models} provider={provider} isFixed />
        </div>
      )}
    </li>
  );
}

/** The others are found where a model is chosen. */
const NAMED = 12;

function modelsIn({ provider, models }: Models["local"][number]): string {
  const named = models.map(({ id, window }) => {
    const name = id.slice(provider.length + 1);
    return window === null ? name : WORDS.hasModel(name, roughly(window));
  });
  return WORDS.answersWith(named.slice(0, NAMED), Math.max(0, named.length - NAMED));
}

/** Whether it can be used, and why not. */
function stateOf({ provider, key, keyNeeded, address, addressNeeded }: Provider): string {
  if (provider === "demo") return WORDS.demoMeans;
  if (key !== null) return WORDS.canBeUsed(key.variable, originWords(key.origin));
  if (keyNeeded) return WORDS.noKey;
  if (addressNeeded && address === null) return WORDS.noAddress;
  return address === null ? WORDS.needsNoKey : WORDS.needsNoKeyAt(address);
}
