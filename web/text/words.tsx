import { Suspense } from "react";
import { shorten } from "../../src/core/text.ts";
import { plain } from "../ui/format.ts";
import { part } from "../ui/part.ts";

const Markdown = part(async () => (await import("./markdown.tsx")).default);

/** As much as is drawn while the rest waits for its code. */
const SHOWN = 20_000;

interface Props {
  readonly text: string;
  /** It is being written, or was cut off: its end may stand in the middle of something. */
  readonly isOpenEnded?: boolean;
}

/** Words of the agent, without their marks until the Markdown code is there. */
export function Words({ text, isOpenEnded = false }: Props) {
  return (
    <Suspense
      fallback={
        <div aria-busy dir="auto" className="prose whitespace-pre-wrap">
          {plain(shorten(text, SHOWN))}
        </div>
      }
    >
      <Markdown text={text} isOpenEnded={isOpenEnded} />
    </Suspense>
  );
}
