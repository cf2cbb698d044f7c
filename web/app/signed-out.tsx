import { Zap } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { CommandLine } from "../ui/notice.tsx";
import { ConnectionPill } from "./connection-pill.tsx";
import { useServices } from "./services.tsx";

/** A page of its own: there is nowhere to go. The sign-in pages of `src/server/sign-in/login-page.ts` look like it. */
export function SignedOut() {
  const { socket, queries } = useServices();
  const again = (): void => {
    socket.connect();
    void queries.invalidateQueries();
  };
  return (
    <main id="main" tabIndex={-1} className="h-full overflow-y-auto outline-none">
      <div className="mx-auto max-w-lg px-6 py-[12vh]">
        <p className="flex items-center gap-2 text-base font-bold">
          <Zap aria-hidden="true" className="size-5 fill-current text-accent" />
          Sparky
        </p>
        <h1 className="mt-6 text-xl font-semibold">You are signed out</h1>
        <p className="mt-2 text-muted">On the machine where Sparky runs, this signs you in and opens the browser:</p>
        <CommandLine command="sparky open" />
        <p className="mt-4 text-muted">For another device, this prints a link that works once:</p>
        <CommandLine command="sparky user login-link owner" />
        <p className="mt-6 text-sm text-muted">
          The agent goes on with its work meanwhile. What you were writing is kept in this browser.
        </p>
        <div className="mt-6 flex flex-wrap items-center gap-3">
          <Button kind="primary" onClick={again}>
            Check again
          </Button>
          <ConnectionPill />
        </div>
      </div>
    </main>
  );
}
