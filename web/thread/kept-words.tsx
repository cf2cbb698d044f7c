import { useOutbox, useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { WORDS } from "../words/thread.ts";
import { useDraft } from "./draft.ts";

/** What was typed for a chat that takes no words from this person any more: to be taken elsewhere, or dropped. */
export function KeptWords({ chatId, withUnsent = false }: { chatId: string; withUnsent?: boolean }) {
  const { outbox } = useServices();
  const [draft, setDraft] = useDraft(chatId);
  const unsent = useOutbox().filter((item) => withUnsent && item.chatId === chatId);
  const texts = [
    ...unsent.map(({ key, text }) => ({ key, text, drop: () => outbox.discard(key) })),
    ...(draft.trim() === "" ? [] : [{ key: "draft", text: draft, drop: () => setDraft("") }]),
  ];
  if (texts.length === 0) return null;
  return (
    <section aria-label={WORDS.keptWords} className="mx-auto w-full max-w-3xl px-4 pb-3 text-sm">
      <p className="text-muted">{WORDS.keptWords}</p>
      {texts.map(({ key, text, drop }) => (
        <div
          key={key}
          className="mt-2 flex items-center gap-1 rounded-md border border-line bg-panel py-1.5 pr-1.5 pl-3"
        >
          <p
            dir="auto"
            className="max-h-40 min-w-0 flex-1 overflow-y-auto whitespace-pre-wrap [overflow-wrap:anywhere]"
          >
            {text}
          </p>
          <CopyButton text={text} />
          <Button kind="quiet" onClick={drop}>
            {WORDS.discard}
          </Button>
        </div>
      ))}
    </section>
  );
}
