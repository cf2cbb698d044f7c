import { lazy, Suspense } from "react";
import { shorten } from "../../src/core/text.ts";

const Markdown = lazy(() => import("./markdown.tsx"));

/** As much as is drawn while the rest waits for its code. */
const SHOWN = 20_000;

/** Words of the agent, as plain text until the Markdown code is there. */
export function Words({ text, isStreaming = false }: { text: string; isStreaming?: boolean }) {
  return (
    <Suspense
      fallback={
        <div aria-busy className="prose whitespace-pre-wrap">
          {shorten(text, SHOWN)}
        </div>
      }
    >
      <Markdown text={text} isStreaming={isStreaming} />
    </Suspense>
  );
}
