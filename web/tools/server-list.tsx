import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { exactLine } from "../../src/core/exact.ts";
import { mcpServerSchema, type McpServer } from "../../src/wire/mcp.ts";
import { useServices } from "../app/services.tsx";
import { anything } from "../live/http.ts";
import { JsonView } from "../text/json-view.tsx";
import { Button } from "../ui/button.tsx";
import { Empty, Failure, Loading, Problem } from "../ui/notice.tsx";
import { Switch } from "../ui/switch.tsx";
import { Mark, SERVER_LOOKS } from "./mark.tsx";
import { serverLogQuery, serverPath, serversQuery, useChange, useIsOwner } from "./queries.ts";
import { SignIn } from "./sign-in.tsx";
import { SignOut } from "./sign-out.tsx";
import { WaitingTools } from "./waiting-tools.tsx";

/** The tool servers, each with its state and what can be done with it. */
export function ServerList() {
  const { http } = useServices();
  const list = useQuery(serversQuery(http));
  const isOwner = useIsOwner();
  if (list.isPending) return <Loading what="Loading servers…" />;
  if (list.data === undefined) {
    return <Failure what="The servers could not be loaded" error={list.error} retry={() => void list.refetch()} />;
  }
  const { items, problem, file } = list.data;
  return (
    <>
      {problem !== null && (
        <p
          role="alert"
          className="mt-2 rounded-lg border border-bad bg-bad-soft px-4 py-3 text-sm [overflow-wrap:anywhere]"
        >
          {file} is not applied as it is now: {problem}
        </p>
      )}
      {items.length === 0 && !isOwner && <Empty title="No tool server is shared with you" />}
      {items.length === 0 && isOwner ? (
        <Empty
          title="No tool servers yet"
          command="sparky mcp add memory -- npx -y @modelcontextprotocol/server-memory"
        >
          A server brings tools of other programs. Paste what its own page shows with “Add servers”.
        </Empty>
      ) : (
        <ul className="mt-2 flex flex-col gap-3">
          {items.map((server) => (
            <ServerCard key={server.name} server={server} />
          ))}
        </ul>
      )}
    </>
  );
}

function ServerCard({ server }: { server: McpServer }) {
  const { name, by, reached, state, error, hint, shared, signedIn, tools, waiting, refused, warnings } = server;
  const change = useChange();
  const isOwner = useIsOwner();
  const [isLeaving, setLeaving] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const act = (what: string): void => change.mutate({ path: `${serverPath(name)}/${what}`, schema: mcpServerSchema });
  const isOff = state === "disabled";
  return (
    <li data-server={name} data-state={state} className="rounded-xl border border-line p-4 text-sm">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="font-semibold [overflow-wrap:anywhere]">{exactLine(name)}</h2>
        <Mark look={SERVER_LOOKS[state]} />
        <span className="text-xs text-muted">
          {by === "stdio" ? "a program" : "an address"} · {toolWords(tools)}
          {shared && " · shared with members"}
        </span>
        {isOwner && (
          <span className="ml-auto">
            <Switch
              label={`Use ${name}`}
              isOn={!isOff}
              isBusy={change.isPending}
              onChange={(isOn) => act(isOn ? "enable" : "disable")}
            />
          </span>
        )}
      </div>
      {reached !== "" && (
        <p className="mt-1 font-mono text-xs text-muted [overflow-wrap:anywhere]">{exactLine(reached, 500)}</p>
      )}
      {error !== null && (
        <p className="mt-2 text-bad [overflow-wrap:anywhere]">
          {exactLine(error, 1000)}
          {hint !== null && ` (${hint})`}
        </p>
      )}
      {[...warnings, ...refused.map(({ tool, why }) => `${tool} is left out: ${why}`)].map((words) => (
        <p key={words} className="mt-1 text-warn [overflow-wrap:anywhere]">
          {exactLine(words, 500)}
        </p>
      ))}
      {isOwner && (
        <>
          <WaitingTools server={name} waiting={waiting} isOff={isOff} />
          <ServerLog name={name} />
          <div className="mt-2 flex flex-wrap gap-2">
            <Button disabled={isOff || change.isPending} onClick={() => act("test")}>
              {change.isPending ? "Working…" : "Look at its tools"}
            </Button>
            <Button disabled={isOff || change.isPending} onClick={() => act("restart")}>
              Restart
            </Button>
            {by === "http" && (state === "sign_in_again" || (!signedIn && state === "failed")) && (
              <SignIn name={name} onDone={setSaid} />
            )}
            {signedIn && <SignOut name={name} onDone={setSaid} />}
            {isLeaving ? (
              <>
                <Button
                  kind="danger"
                  disabled={change.isPending}
                  onClick={() => change.mutate({ method: "DELETE", path: serverPath(name), schema: anything })}
                >
                  Yes, take it out of mcp.json
                </Button>
                <Button onClick={() => setLeaving(false)}>Keep it</Button>
              </>
            ) : (
              <Button kind="quiet" onClick={() => setLeaving(true)}>
                Remove…
              </Button>
            )}
          </div>
          {said !== null && (
            <p role="status" className="mt-2 text-warn [overflow-wrap:anywhere]">
              {said}
            </p>
          )}
        </>
      )}
      <Problem error={change.error} />
    </li>
  );
}

const toolWords = (tools: number | null): string =>
  tools === null ? "nobody has looked at its tools yet" : `${tools} ${tools === 1 ? "tool" : "tools"}`;

/** Asked for when it is opened. */
function ServerLog({ name }: { name: string }) {
  const [isShown, setShown] = useState(false);
  return (
    <details className="mt-2" onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary className="cursor-pointer py-2 text-muted">What it has written</summary>
      {isShown && <LogText name={name} />}
    </details>
  );
}

function LogText({ name }: { name: string }) {
  const { http } = useServices();
  const log = useQuery(serverLogQuery(http, name));
  if (log.isPending) return <p className="text-muted">Loading…</p>;
  if (log.data === undefined) return <Problem error={log.error} />;
  if (log.data.text === "") return <p className="text-muted">Nothing yet.</p>;
  return <JsonView label={`The end of what ${name} has written`} value={log.data.text} isExact />;
}
