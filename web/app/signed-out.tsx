import { Zap } from "lucide-react";
import { useEffect } from "react";
import { keepPlace } from "../shares/come-back.ts";
import { Button } from "../ui/button.tsx";
import { CommandLine } from "../ui/notice.tsx";
import { ConnectionPill } from "./connection-pill.tsx";
import { tellTabs } from "./person.ts";
import { useConnection, useServices } from "./services.tsx";
import { WORDS } from "../words/app.tsx";

/**
 * A page of its own: there is nowhere to go. It begins anew as soon as somebody is signed in again, with nothing of who was. The sign-in
 * pages of `src/server/sign-in/login-page.ts` look like it.
 */
export function SignedOut() {
  const { socket, queries } = useServices();
  const isBack = useConnection().state === "live";
  useEffect(() => {
    if (isBack) location.reload();
    else tellTabs(null);
  }, [isBack]);
  const again = (): void => {
    socket.connect();
    void queries.invalidateQueries({ queryKey: ["me"] });
  };
  return (
    <main id="main" tabIndex={-1} className="h-full overflow-y-auto outline-none">
      <div className="mx-auto max-w-lg px-6 py-[12vh]">
        <p className="flex items-center gap-2 text-base font-bold">
          <Zap aria-hidden="true" className="size-5 fill-current text-accent" />
          {WORDS.name}
        </p>
        <h1 className="mt-6 text-xl font-semibold">{WORDS.signedOut}</h1>
        <p className="mt-2 text-muted">{WORDS.here}</p>
        <CommandLine command="sparky open" />
        <p className="mt-4 text-muted">{WORDS.elsewhere}</p>
        <CommandLine command="sparky user login-link owner" />
        <p className="mt-4 text-muted">
          {WORDS.orPassword((words) => (
            <a href="/login" onClick={keepPlace} className="text-accent underline">
              {words}
            </a>
          ))}
        </p>
        <p className="mt-6 text-sm text-muted">{WORDS.goesOn}</p>
        <div className="mt-6 flex flex-wrap items-center gap-3">
          <Button kind="primary" onClick={again}>
            {WORDS.checkAgain}
          </Button>
          <ConnectionPill />
        </div>
      </div>
    </main>
  );
}
