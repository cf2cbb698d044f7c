import { LoaderCircle, TriangleAlert } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { RequestFailure } from "../live/http.ts";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy.tsx";
import { WORDS } from "../words/ui.ts";
import { WORDS as COMMON } from "../words/common.ts";

/** A line for the terminal that does the same. */
export function CommandLine({ command }: { command: string }) {
  return (
    <div className="mt-3 inline-flex max-w-full items-center gap-1 rounded-md border border-line bg-panel py-1 pr-1 pl-3">
      <code className="min-w-0 text-left font-mono text-code [overflow-wrap:anywhere]">{command}</code>
      <CopyButton text={command} />
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly command?: string;
  /** It stands for a whole page. */
  readonly isPage?: boolean;
  /** It stands for a part of a page. */
  readonly isSmall?: boolean;
}

/** Nothing here yet: what to do next, and the command for it. */
export function Empty({ title, children, command, isPage = false, isSmall = false }: EmptyProps) {
  const Title = isPage ? "h1" : "p";
  return (
    <div className={isSmall ? "py-2" : "px-6 py-12 text-center"}>
      <Title className="text-base font-semibold">{title}</Title>
      {children !== undefined && (
        <div className={`mt-1 max-w-md text-muted ${isSmall ? "" : "mx-auto"}`}>{children}</div>
      )}
      {command !== undefined && <CommandLine command={command} />}
    </div>
  );
}

/** What failed, why, and a way on. */
export function Failure({ what, error, retry }: { what: string; error: Error; retry?: () => void }) {
  const hint = error instanceof RequestFailure ? error.hint : null;
  return (
    <div role="alert" className="m-4 rounded-lg border border-bad bg-bad-soft p-4">
      <p className="flex items-center gap-2 font-semibold text-bad">
        <TriangleAlert aria-hidden="true" className="size-4 shrink-0" />
        {what}
      </p>
      <p className="mt-1">
        {error.message}
        {hint !== null && WORDS.hint(hint)}
      </p>
      {retry && (
        <Button className="mt-3" onClick={retry}>
          {COMMON.tryAgain}
        </Button>
      )}
    </div>
  );
}

/** What failed, in a line where it failed: to try again, the same button is there still. */
export function Problem({ error }: { error: Error | null }) {
  if (error === null) return null;
  const hint = error instanceof RequestFailure ? error.hint : null;
  return (
    <p role="alert" className="w-full text-sm text-bad [overflow-wrap:anywhere]">
      {error.message}
      {hint !== null && WORDS.hintBeside(hint)}
    </p>
  );
}

const SLOW_MS = 5000;

/** A wait for the server, which ends when its answer comes or its time is over; a long one says so and offers a way out. */
export function Loading({ what }: { what: string }) {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" className="flex flex-col items-center gap-2 px-6 py-12 text-center text-muted">
      <p className="flex items-center gap-2">
        <LoaderCircle aria-hidden="true" className="spin size-4 shrink-0" />
        {what}
      </p>
      {isSlow && (
        <>
          <p className="text-sm">{WORDS.noAnswerYet}</p>
          <Button onClick={() => location.reload()}>{WORDS.reload}</Button>
        </>
      )}
    </div>
  );
}
