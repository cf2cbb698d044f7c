import type { ReactNode } from "react";

interface Props {
  readonly id: string;
  readonly title: string;
  /** What can be done with all of it, or how much there is. */
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page under a title of its own. */
export function Section({ id, title, beside, children }: Props) {
  return (
    <section aria-labelledby={id}>
      <div className="flex min-h-8 flex-wrap items-center gap-x-3">
        <h2 id={id} className="mr-auto font-semibold">
          {title}
        </h2>
        {beside}
      </div>
      {children}
    </section>
  );
}
