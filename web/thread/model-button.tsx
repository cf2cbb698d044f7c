import { Cpu } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { WORDS } from "../words/thread.ts";

interface Props {
  /** The model, and how hard it thinks. */
  readonly name: string;
  readonly className: string;
  readonly onOpen: () => void;
}

/** Says which model answers in a chat, and opens the choice. */
export function ModelButton({ name, className, onOpen }: Props) {
  return (
    <Button
      kind="quiet"
      className={`px-2 ${className}`}
      aria-label={WORDS.model(name)}
      title={WORDS.whichModel}
      onClick={onOpen}
    >
      <Cpu aria-hidden="true" className="size-4 shrink-0" />
      <span className="truncate">{name}</span>
    </Button>
  );
}
