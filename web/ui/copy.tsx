import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button.tsx";
import { WORDS } from "../words/ui.ts";

/** `localhost` is a secure context for the clipboard; a plain-HTTP address of the network is not, and says so. */
export function CopyButton({ text, label = WORDS.copy }: { text: string; label?: string }) {
  const [state, setState] = useState<"idle" | "done" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setState("done");
    } catch {
      setState("failed");
    }
  };
  return (
    <Button kind="quiet" className="px-2 py-0.5 text-xs" onClick={() => void copy()}>
      {state === "done" ? (
        <Check aria-hidden="true" className="size-3.5" />
      ) : (
        <Copy aria-hidden="true" className="size-3.5" />
      )}
      <span aria-live="polite">
        {state === "done" ? WORDS.copied : state === "failed" ? WORDS.notAllowedHere : label}
      </span>
    </Button>
  );
}
