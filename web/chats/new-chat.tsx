import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { useOnlyLooks } from "../app/only-looks.ts";
import { useStatus } from "../app/told.ts";
import { Composer } from "../thread/composer.tsx";
import { ModelButton } from "../thread/model-button.tsx";
import { ModelPicker, type ModelChange } from "../thread/model-picker.tsx";
import { Failure } from "../ui/notice.tsx";
import { useStartChat } from "./start-chat.ts";
import { WORDS } from "../words/chats.ts";

export function NewChat() {
  const { data: status } = useStatus();
  const create = useStartChat();
  const [settings, setSettings] = useState<ModelChange>({});
  const [isChoosing, setChoosing] = useState(false);
  const { model = null, effort = null } = settings;
  const answers = model ?? status?.model;
  const onlyLooks = useOnlyLooks();
  const name = [answers, effort].filter((part) => part != null).join(" · ");
  const begun = { ...(model !== null && { model }), ...(effort !== null && { effort }) };
  const firstWords = onlyLooks ? [] : WORDS.firstWords;
  return (
    <div className="flex h-full flex-col">
      <title>{WORDS.windowTitle}</title>
      <Link to="/chats" className="tap flex w-fit items-center gap-1 px-3 py-2 text-sm text-muted md:hidden">
        <ArrowLeft aria-hidden="true" className="size-4" />
        {WORDS.title}
      </Link>
      <div className="mx-auto flex w-full max-w-3xl min-h-0 flex-1 flex-col justify-end overflow-y-auto px-4 pb-2 md:justify-center">
        <h1 className="text-2xl font-bold">{WORDS.whatToDo}</h1>
        <p className="mt-1 text-muted">
          {answers === "demo" ? WORDS.demo : WORDS.allIsShown}
          {answers === "demo" && !onlyLooks && (
            <>
              {" "}
              <Link to="/settings/$section" params={{ section: "models" }} className="text-accent underline">
                {WORDS.setUpModel}
              </Link>
            </>
          )}
        </p>
        {!onlyLooks && answers !== undefined && (
          <ModelButton name={name} className="-ml-2 mt-1 w-fit max-w-full" onOpen={() => setChoosing(true)} />
        )}
        {isChoosing && (
          <ModelPicker
            model={model}
            effort={effort}
            onUse={async (changes) => setSettings({ ...settings, ...changes })}
            onClose={() => setChoosing(false)}
          />
        )}
        <ul className="mt-4 flex flex-wrap gap-2">
          {firstWords.map((words) => (
            <li key={words}>
              <button
                type="button"
                disabled={create.isPending}
                onClick={() => create.mutate({ text: words, settings: begun })}
                className="tap rounded-full border border-line px-3 py-1 text-sm hover:bg-sunken"
              >
                {words}
              </button>
            </li>
          ))}
        </ul>
        {create.isError && (
          <Failure
            what={WORDS.notMade}
            error={create.error}
            retry={() => create.variables !== undefined && create.mutate(create.variables)}
          />
        )}
        <p role="status" className="mt-3 min-h-6 text-sm text-muted">
          {create.isPending ? WORDS.making : ""}
        </p>
      </div>
      <Composer
        draftKey="new"
        isBusy={create.isPending}
        onSend={(text, files) => create.mutateAsync({ text, files, settings: begun }).then(() => undefined)}
      />
    </div>
  );
}
