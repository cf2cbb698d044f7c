import { CircleSlash, KeyRound, LoaderCircle, Radio, RotateCw, type LucideIcon } from "lucide-react";
import { unreachable } from "../../src/core/errors.ts";
import type { Connection } from "../live/socket.ts";
import { useNow } from "../ui/now.tsx";
import { useConnection, useServices } from "./services.tsx";
import { WORDS } from "../words/app.tsx";

/** The one place where transport trouble is shown; a click tries again at once. */
export function ConnectionPill() {
  const connection = useConnection();
  const { socket } = useServices();
  const { icon: Icon, word, colour } = look(connection);
  const isWaiting = connection.state === "reconnecting" || connection.state === "restarting";
  return (
    <button
      type="button"
      data-connection={connection.state}
      title={connection.state === "live" ? WORDS.isLive : WORDS.connectNow}
      onClick={() => (connection.state === "live" ? socket.check() : socket.connect())}
      className={`tap inline-flex max-w-full flex-wrap items-center gap-x-1.5 rounded-2xl border text-left border-line bg-page px-2.5 py-1 text-xs font-medium md:max-wide:w-full md:max-wide:flex-col md:max-wide:px-0 md:max-wide:text-center md:max-wide:text-micro ${colour}`}
    >
      <Icon aria-hidden="true" className={`size-3.5 shrink-0 ${connection.state === "connecting" ? "spin" : ""}`} />
      <span role="status" className="max-w-full">
        {word}
      </span>
      {isWaiting && <NextTry attempt={connection.attempt} nextAt={connection.nextAt} />}
    </button>
  );
}

/** Not part of the live region: it would be read out every second. */
function NextTry({ attempt, nextAt }: { attempt: number; nextAt: number }) {
  useNow(500);
  const seconds = Math.ceil((nextAt - Date.now()) / 1000);
  return <span className="text-muted tabular-nums">{WORDS.attempt(attempt, seconds)}</span>;
}

function look(connection: Connection): { icon: LucideIcon; word: string; colour: string } {
  switch (connection.state) {
    case "connecting":
      return { icon: LoaderCircle, word: WORDS.connections.connecting, colour: "text-muted" };
    case "live":
      return { icon: Radio, word: WORDS.connections.live, colour: "text-good" };
    case "reconnecting":
      return { icon: RotateCw, word: WORDS.connections.reconnecting, colour: "text-warn" };
    case "restarting":
      return { icon: RotateCw, word: WORDS.connections.restarting, colour: "text-warn" };
    case "offline":
      return { icon: CircleSlash, word: WORDS.connections.offline, colour: "text-bad" };
    case "signed-out":
      return { icon: KeyRound, word: WORDS.connections["signed-out"], colour: "text-bad" };
    default:
      return unreachable(connection);
  }
}
