import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { toldParts, type ToldPart } from "../../src/core/told-parts.ts";
import { chatContextSchema, type ChatContext } from "../../src/wire/context.ts";
import { useServices } from "../app/services.tsx";
import { JsonView } from "../text/json-view.tsx";
import { dollars } from "../ui/format.ts";
import { Failure, Loading } from "../ui/notice.tsx";
import { WORDS } from "../words/thread.ts";

interface Props {
  readonly chatId: string;
  /** null: what an answer would begin with now. */
  readonly at: { readonly runId: string; readonly step: number } | null;
}

/** What a model was given for a step, or would be given now: asked for when it is opened. */
export function Given({ chatId, at }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      data-given={at?.step ?? "next"}
      className="group/given mt-3 border-t border-line pt-2"
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary className="tap flex cursor-pointer items-center gap-1 text-sm font-medium">
        <ChevronRight aria-hidden="true" className="size-4 shrink-0 transition-transform group-open/given:rotate-90" />
        {at === null ? WORDS.given.next : WORDS.given.sent}
      </summary>
      {isOpen && <Asked chatId={chatId} at={at} />}
    </details>
  );
}

function Asked({ chatId, at }: Props) {
  const { http } = useServices();
  const query = at === null ? "" : `?${new URLSearchParams({ runId: at.runId, step: String(at.step) })}`;
  const given = useQuery({
    queryKey: ["given", chatId, at],
    queryFn: ({ signal }) =>
      http.get(`/api/chats/${encodeURIComponent(chatId)}/context${query}`, chatContextSchema, signal),
    staleTime: 0,
  });
  if (given.data !== undefined) return <Told given={given.data} />;
  if (given.error === null) return <Loading what={WORDS.given.loading} />;
  return <Failure what={WORDS.given.notLoaded} error={given.error} retry={() => void given.refetch()} />;
}

function Told({ given }: { given: ChatContext }) {
  const { model, effort, tokens, costUsd, asSent, instructions, tools, messages } = given;
  return (
    <div className="text-sm">
      <p className="mt-1 text-muted [overflow-wrap:anywhere]">{WORDS.given.by(model, effort)}</p>
      <p className="text-muted">
        {WORDS.given.size(tokens.total.toLocaleString(), costUsd === null || costUsd === 0 ? null : dollars(costUsd))}
        {asSent === false && <span className="block text-warn">{WORDS.given.notAsSent}</span>}
      </p>
      <JsonView label={WORDS.given.instructions} value={instructions} isRaw />
      <JsonView label={WORDS.given.tools(tools.length)} value={tools} />
      <h4 className="mt-3 text-xs font-semibold">{WORDS.given.conversation(messages.length)}</h4>
      {messages.map(({ role, content }, at) =>
        toldParts(content).map((part, of) => (
          <JsonView key={`${at}.${of}`} label={labelOf(role, part)} value={part.text} isRaw />
        )),
      )}
    </div>
  );
}

const labelOf = (role: string, { kind, name }: ToldPart): string =>
  [role, ...(kind === "text" ? [] : [WORDS.given.kinds[kind]]), ...(name === null ? [] : [name])].join(" · ");
