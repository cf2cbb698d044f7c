import { Check, Copy, type LucideIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { BRIEF } from "./brief.ts";
import { Button } from "./button.tsx";
import { WORDS } from "../words/ui.ts";

interface Props {
  readonly text: string;
  readonly label?: string;
  readonly icon?: LucideIcon;
  /** One of many in a row. */
  readonly isBrief?: boolean;
}

/** `localhost` is a secure context for the clipboard; a plain-HTTP address of the network is not, and says so. */
export function CopyButton({ text, label = WORDS.copy, icon: Icon = Copy, isBrief = false }: Props) {
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
        <Icon aria-hidden="true" className="size-3.5" />
      )}
      <span aria-live="polite" className={isBrief && state !== "failed" ? BRIEF : ""}>
        {state === "done" ? WORDS.copied : state === "failed" ? WORDS.notAllowedHere : label}
      </span>
    </Button>
  );
}
