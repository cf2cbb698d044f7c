import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { Screen } from "./screen.tsx";
import { WORDS } from "../words/ui.ts";

interface Props {
  readonly title: string;
  /** The page that it stands below. */
  readonly above: { readonly to: "/memory" | "/schedules"; readonly word: string };
  readonly children: ReactNode;
}

/** A page below another, with the way back. */
export function PageBelow({ title, above, children }: Props) {
  return (
    <Screen title={WORDS.pageBelow(title, above.word)}>
      <Link to={above.to} className="tap inline-flex items-center gap-1 text-sm text-muted">
        <ArrowLeft aria-hidden="true" className="size-4" />
        {above.word}
      </Link>
      {children}
    </Screen>
  );
}
