import type { ReactNode } from "react";

/** One line of a `dl` in two columns. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-xs leading-5 text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
