import { useQuery } from "@tanstack/react-query";
import { Users } from "lucide-react";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { WORDS } from "../words/shares.ts";
import { sharesQuery } from "./queries.ts";

interface Props {
  readonly chatId: string;
  /** The event of the chat that last changed who sees it. */
  readonly at: number;
  /** Of a menu: in words. */
  readonly isItem?: boolean;
  readonly onOpen: () => void;
}

/** With how many a chat is shared; it opens who they are. */
export function ShareButton({ chatId, at, isItem = false, onOpen }: Props) {
  const { http } = useServices();
  const { data } = useQuery(sharesQuery(http, chatId, at));
  const people = data?.items.length ?? 0;
  const label = data === undefined || data.mayShare || people > 0 ? WORDS.open(people) : WORDS.title;
  if (isItem) {
    return (
      <Button kind="quiet" className="w-full justify-start" onClick={onOpen}>
        <Users aria-hidden="true" className="size-4 shrink-0" />
        {label}
      </Button>
    );
  }
  return (
    <Button kind="quiet" className="px-1.5 max-md:hidden" aria-label={label} title={label} onClick={onOpen}>
      <Users aria-hidden="true" className="size-4 shrink-0" />
      {people > 0 && <span className="tabular-nums">{people}</span>}
    </Button>
  );
}
