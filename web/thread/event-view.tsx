import type { ReactNode } from "react";
import { unreachable } from "../../src/core/errors.ts";
import { happenedAt } from "../../src/core/events.ts";
import { factWords } from "../../src/core/fact-words.ts";
import { resourceWords } from "../../src/core/references.ts";
import type { RunView } from "../../src/core/run-state.ts";
import type { EventEntry } from "../../src/core/transcript.ts";
import { ChatChange, Note, Plan, Problem, Status, Unknown } from "./noted.tsx";
import { Recalled } from "./recalled.tsx";
import { PersonMessage } from "./said.tsx";
import { SummedUp } from "./summed-up.tsx";
import { WORDS } from "../words/thread.ts";

/** What is not the agent's words. */
export function EventView({ entry: { event }, run }: { entry: EventEntry; run: RunView | undefined }): ReactNode {
  switch (event.type) {
    case "message":
      return <PersonMessage event={event} />;
    case "thought":
      return null;
    case "status":
      return <Status event={event} run={run} />;
    case "plan":
      return <Plan items={event.data.items} />;
    case "error":
      return <Problem event={event} />;
    case "summary":
      return <SummedUp event={event} />;
    case "resource":
      return <Note at={happenedAt(event)}>{resourceWords(event.data)}</Note>;
    case "recall":
      return <Recalled event={event} />;
    case "fact":
      return <Note at={event.at}>{factWords(event.data)}</Note>;
    case "notice":
      return <Note at={event.at}>{WORDS.notice(event.data.text)}</Note>;
    case "schedule":
      return <Note at={event.at}>{event.data.message}</Note>;
    case "chat":
      return <ChatChange event={event} />;
    case "unknown":
      return <Unknown event={event} />;
    default:
      return unreachable(event);
  }
}
