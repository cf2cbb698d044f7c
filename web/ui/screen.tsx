import type { ReactNode } from "react";

interface Props {
  /** Of the window. */
  readonly title: string;
  /** For what is read rather than looked through: its lines stay short. */
  readonly isNarrow?: boolean;
  /** Of the whole, where it stands beside something. */
  readonly className?: string;
  readonly children: ReactNode;
}

/** All beside the rail: it scrolls by itself, and its words begin at one edge, whichever page it is and however wide. */
export function Screen({ title, isNarrow = false, className = "", children }: Props) {
  return (
    <div className={`h-full min-w-0 flex-1 overflow-y-auto ${className}`}>
      <title>{title}</title>
      <div data-screen className="w-full max-w-6xl px-4 py-3">
        {isNarrow ? <div className="max-w-3xl">{children}</div> : children}
      </div>
    </div>
  );
}
