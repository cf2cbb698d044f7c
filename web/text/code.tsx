import { WrapText } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { Diff, isDiffName } from "./diff.tsx";
import { painter, type Painted } from "./highlight.ts";
import { languageOf } from "./language.ts";
import { WORDS } from "../words/text.ts";

/** While code is still being written it is not painted. */
const SETTLE_MS = 300;

/** Code with the name of its language, in its colours, with buttons to wrap and to copy it. */
export function CodeBlock({ code, name }: { code: string; name: string }) {
  const [isWrapped, setWrapped] = useState(false);
  const { language, title } = languageOf(name);
  const lines = usePainted(code, name);
  return (
    <div className="code overflow-hidden rounded-lg border border-line bg-sunken" data-language={language ?? undefined}>
      <div className="flex items-center gap-1 border-b border-line pl-3 text-xs text-muted">
        <span className="mr-auto font-medium">{isDiffName(name) ? WORDS.diff : title}</span>
        <Button
          kind="quiet"
          className="px-2 py-0.5 text-xs"
          aria-pressed={isWrapped}
          onClick={() => setWrapped(!isWrapped)}
        >
          <WrapText aria-hidden="true" className="size-3.5" />
          {WORDS.wrap}
        </Button>
        <CopyButton text={code} />
      </div>
      <pre
        tabIndex={0}
        dir="ltr"
        aria-label={WORDS.code(title)}
        className={`max-h-[36rem] overflow-auto p-3 font-mono ${isWrapped ? "whitespace-pre-wrap [overflow-wrap:anywhere]" : ""}`}
      >
        <code>{isDiffName(name) ? <Diff text={code} /> : lines === null ? code : <Lines lines={lines} />}</code>
      </pre>
    </div>
  );
}

function usePainted(code: string, name: string): readonly Painted[] | null {
  const [painted, setPainted] = useState<{ readonly code: string; readonly lines: readonly Painted[] } | null>(null);
  const { language } = languageOf(name);
  useEffect(() => {
    if (language === null) return;
    let isLeft = false;
    const timer = setTimeout(() => {
      void painter.paint(code, language).then((lines) => {
        if (lines !== null && !isLeft) setPainted({ code, lines });
      });
    }, SETTLE_MS);
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }, [code, language]);
  return painted?.code === code ? painted.lines : null;
}

/** What is painted never changes, so that its places are its keys. */
function Lines({ lines }: { lines: readonly Painted[] }) {
  return lines.map((line, at) => (
    <span key={at} data-painted>
      {line.map(([text, color], piece) => (
        <span key={piece} style={{ color }}>
          {text}
        </span>
      ))}
      {at < lines.length - 1 && "\n"}
    </span>
  ));
}
