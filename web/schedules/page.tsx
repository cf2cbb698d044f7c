import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";

/** A page below the list, with the way back. */
export function Page({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="h-full overflow-y-auto">
      <title>{`${title} · Schedules · Sparky`}</title>
      <div className="mx-auto max-w-5xl px-4 py-3">
        <Link to="/schedules" className="tap inline-flex items-center gap-1 text-sm text-muted">
          <ArrowLeft aria-hidden="true" className="size-4" />
          Schedules
        </Link>
        {children}
      </div>
    </div>
  );
}
