import { lazy, Suspense } from "react";

const Markdown = lazy(() => import("./markdown.tsx"));

/** Words of the agent, as plain text until the Markdown code is there. */
export function Words({ text, isStreaming = false }: { text: string; isStreaming?: boolean }) {
  return (
    <Suspense
      fallback={
        <div aria-busy className="prose whitespace-pre-wrap">
          {text}
        </div>
      }
    >
      <Markdown text={text} isStreaming={isStreaming} />
    </Suspense>
  );
}
