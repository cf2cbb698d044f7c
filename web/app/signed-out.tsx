import { KeyRound } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { CommandLine } from "../ui/notice.tsx";
import { useServices } from "./services.tsx";

export function SignedOut() {
  const { socket, queries } = useServices();
  const again = (): void => {
    socket.connect();
    void queries.invalidateQueries();
  };
  return (
    <div className="mx-auto max-w-lg px-6 py-16">
      <KeyRound aria-hidden="true" className="size-8 text-accent" />
      <h1 className="mt-4 text-xl font-bold">You are signed out</h1>
      <p className="mt-2 text-muted">
        Sparky signs you in with a one-time link. On the machine where it runs, this opens a fresh one in the browser:
      </p>
      <CommandLine command="sparky open" />
      <p className="mt-4 text-muted">
        From another device, print a link and open it here. To watch the agent&rsquo;s own chats, ask for{" "}
        <code>agent</code>:
      </p>
      <CommandLine command="sparky user login-link agent" />
      <p className="mt-6 text-muted">
        What the agent is doing goes on meanwhile, and nothing is lost. Drafts are kept in this browser.
      </p>
      <Button kind="primary" className="mt-4" onClick={again}>
        I am signed in: check again
      </Button>
    </div>
  );
}
