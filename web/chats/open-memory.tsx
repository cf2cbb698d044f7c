import { BookLock, BookOpen } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { WORDS } from "../words/chats.ts";

interface Props {
  readonly isOpen: boolean;
  readonly isBusy: boolean;
  readonly className: string;
  readonly onChange: (isOpen: boolean) => void;
}

/** Where others read too, one's own memory is kept out until one lets it be used. */
export function OpenMemory({ isOpen, isBusy, className, onChange }: Props) {
  const Icon = isOpen ? BookLock : BookOpen;
  return (
    <div className="my-1 border-y border-line py-1">
      <p className="px-3 text-xs text-muted">{isOpen ? WORDS.memoryIsOpen : WORDS.memoryIsShut}</p>
      <Button kind="quiet" className={className} disabled={isBusy} onClick={() => onChange(!isOpen)}>
        <Icon aria-hidden="true" className="size-4" />
        {isOpen ? WORDS.shutMemory : WORDS.openMemory}
      </Button>
    </div>
  );
}
