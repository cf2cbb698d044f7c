import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useServices } from "../app/services.tsx";
import { KeyForm } from "../models/key-form.tsx";
import { originWords } from "../models/providers.ts";
import { modelsQuery } from "../models/queries.ts";
import { TestModel } from "../models/test-model.tsx";
import { Button } from "../ui/button.tsx";
import { Failure, Loading } from "../ui/notice.tsx";
import { WORDS } from "../words/welcome.tsx";

/** A key is pasted and tried; or one goes on with what there is. */
export function ModelStep({ onNext }: { onNext: () => void }) {
  const { http } = useServices();
  const models = useQuery(modelsQuery(http));
  const [isAsking, setAsking] = useState<boolean | null>(null);
  if (models.data === undefined) {
    if (models.error === null) return <Loading what={WORDS.checkingModel} />;
    return <Failure what={WORDS.modelsNotLoaded} error={models.error} retry={() => void models.refetch()} />;
  }
  const { model, chosenBy, problem } = models.data;
  const isDemo = model === "demo";
  // Whoever sets a model here sees what came of it: the form stays.
  if (isAsking === null) setAsking(isDemo);
  if (!(isAsking ?? isDemo)) {
    return (
      <div className="flex flex-col gap-3">
        <p className="text-sm">
          {WORDS.answers(
            <strong className="font-medium [overflow-wrap:anywhere]">{model}</strong>,
            chosenBy !== null && (
              <span className="text-muted">{WORDS.isSet(chosenBy.variable, originWords(chosenBy.origin))}</span>
            ),
          )}
        </p>
        {problem !== null && <p className="text-sm text-bad [overflow-wrap:anywhere]">{problem}</p>}
        <TestModel />
        <div>
          <Button kind="quiet" onClick={() => setAsking(true)}>
            {WORDS.anotherModel}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-5">
      <p className="text-sm text-muted">{WORDS.needsModel}</p>
      <KeyForm models={models.data} />
      {isDemo && (
        <div className="rounded-lg border border-line bg-panel px-4 py-3 text-sm">
          <p className="font-medium">{WORDS.orDemo}</p>
          <p className="mt-1 text-muted">{WORDS.whatDemoIs}</p>
          <Button className="mt-2" onClick={onNext}>
            {WORDS.goOnWithDemo}
          </Button>
        </div>
      )}
    </div>
  );
}
