import { LogOut } from "lucide-react";
import { anything } from "../live/http.ts";
import { Button } from "../ui/button.tsx";
import { useServices } from "./services.tsx";
import { WORDS } from "../words/app.tsx";

export function SignOut({ className = "self-start", onClick }: { className?: string; onClick?: () => void }) {
  const { http, socket } = useServices();
  const signOut = async (): Promise<void> => {
    onClick?.();
    await http.send("POST", "/api/sign-out", {}, anything).catch(() => undefined);
    socket.signedOut();
  };
  return (
    <Button className={className} onClick={() => void signOut()}>
      <LogOut aria-hidden="true" className="size-4" />
      {WORDS.signOut}
    </Button>
  );
}
