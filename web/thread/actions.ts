import { createContext, useContext } from "react";
import type { Attachment } from "../../src/core/events.ts";
import type { Place } from "./places.ts";
import type { Titles } from "./things.tsx";

/** What a person has said; when it is asked again its files go along. */
export interface Question {
  readonly seq: number;
  readonly text: string;
  readonly files?: readonly Attachment[] | undefined;
}

/** What can be done from a row of the open chat; `canWrite` is false for who may only watch. */
export interface ThreadActions {
  readonly chatId: string;
  readonly canWrite: boolean;
  /** The run that ended last, if nothing has been said since: it can be tried again. */
  readonly lastRunId: string | null;
  /** Has the question of this run answered once more. */
  readonly tryAgain: (runId: string) => Promise<void>;
  /** The person's message that the answer at `seq` followed; null: there is none, undefined: it lies further up. */
  readonly questionBefore: (seq: number) => Question | null | undefined;
  /** The same, from further up. */
  readonly loadQuestion: (seq: number) => Promise<Question | null>;
  /** Where this chat and others part. */
  readonly places: ReadonlyMap<number, Place>;
  /** What chats are called that this one was made from, or that were made from it, by their ids. */
  readonly relatives: ReadonlyMap<string, string>;
  /** What is called how that messages here refer to. */
  readonly titles: Titles;
}

const Actions = createContext<ThreadActions | null>(null);

export const ThreadActionsProvider = Actions.Provider;

export function useThreadActions(): ThreadActions | null {
  return useContext(Actions);
}
