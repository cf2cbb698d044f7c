import { useQuery } from "@tanstack/react-query";
import { logPageSchema } from "../live/decode.ts";
import { useServices } from "../app/services.tsx";
import { Words } from "../text/words.tsx";
import { WORDS } from "../words/approvals.tsx";

/** Enough of the newest thoughts and calls to hold those of a run that waits. */
const LOOK_BACK = 100;

interface Reason {
  /** Where in its chat the call stands; null when it is further back. */
  readonly seq: number | null;
  readonly text: string;
}

/** Why the agent makes this call: what it said in the call's step, else what it thought. From the log, which never changes. */
export function useReason(chatId: string, callId: string, isSeen: boolean): Reason | undefined {
  const { http } = useServices();
  const { data } = useQuery({
    queryKey: ["reason", chatId, callId],
    enabled: isSeen,
    staleTime: Infinity,
    queryFn: async ({ signal }): Promise<Reason> => {
      const path = `/api/chats/${encodeURIComponent(chatId)}/events?type=thought,tool_use&limit=${LOOK_BACK}`;
      const { events } = await http.get(path, logPageSchema, signal);
      const use = events.find((event) => event.type === "tool_use" && event.data.callId === callId);
      if (use === undefined) return { seq: null, text: "" };
      const thoughts = events.flatMap((event) =>
        event.type === "thought" && event.runId === use.runId && event.step === use.step ? [event.data] : [],
      );
      const said = thoughts.filter((thought) => thought.said);
      const texts = (said.length > 0 ? said : thoughts).map(({ text }) => text.trim());
      return { seq: use.seq, text: [...new Set(texts)].join("\n\n") };
    },
  });
  return data;
}

export function ReasonText({ reason }: { reason: Reason | undefined }) {
  if (reason === undefined) return null;
  return (
    <div className="text-sm">
      <p className="text-xs font-medium text-muted">{WORDS.reason}</p>
      {reason.text === "" ? (
        <p className="text-muted">{WORDS.noReason}</p>
      ) : (
        <div className="max-h-40 overflow-y-auto" tabIndex={0} role="group" aria-label={WORDS.reason}>
          <Words text={reason.text} />
        </div>
      )}
    </div>
  );
}
