import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { exactLine } from "../../src/core/exact.ts";
import { mcpServerSchema, type McpServer } from "../../src/wire/mcp.ts";
import { sandboxWords } from "../../src/wire/sandbox.ts";
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
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/tools.tsx";

/** The tool servers, each with its state and what can be done with it. */
export function ServerList() {
  const { http } = useServices();
  const list = useQuery(serversQuery(http));
  const isOwner = useIsOwner();
  if (list.isPending) return <Loading what={WORDS.loadingServers} />;
  if (list.data === undefined) {
    return <Failure what={WORDS.serversNotLoaded} error={list.error} retry={() => void list.refetch()} />;
  }
  const { items, problem, file } = list.data;
  return (
    <>
      {problem !== null && (
        <p
          role="alert"
          className="mt-2 rounded-lg border border-bad bg-bad-soft px-4 py-3 text-sm [overflow-wrap:anywhere]"
        >
          {WORDS.notApplied(file, problem)}
        </p>
      )}
      {items.length === 0 && !isOwner && <Empty title={WORDS.noneShared} />}
      {items.length === 0 && isOwner ? (
        <Empty title={WORDS.noServers} command="sparky mcp add memory -- npx -y @modelcontextprotocol/server-memory">
          {WORDS.whatServersAre}
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
  const closedIn = sandboxWords(server.sandbox);
  return (
    <li data-server={name} data-state={state} className="rounded-xl border border-line p-4 text-sm">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="font-semibold [overflow-wrap:anywhere]">{exactLine(name)}</h2>
        <Mark look={SERVER_LOOKS[state]} />
        <span className="text-xs text-muted">
          {by === "stdio" ? WORDS.aProgram : WORDS.anAddress}
          {closedIn !== null && `, ${closedIn}`} · {tools === null ? WORDS.nobodyLooked : WORDS.toolCount(tools)}
          {shared && ` · ${WORDS.shared}`}
        </span>
        {isOwner && (
          <span className="ml-auto">
            <Switch
              label={WORDS.use(name)}
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
      {[...warnings, ...refused.map(({ tool, why }) => WORDS.leftOut(tool, why))].map((words) => (
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
              {change.isPending ? WORDS.working : WORDS.lookAtTools}
            </Button>
            <Button disabled={isOff || change.isPending} onClick={() => act("restart")}>
              {WORDS.restart}
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
                  {WORDS.takeOut}
                </Button>
                <Button onClick={() => setLeaving(false)}>{COMMON.keepIt}</Button>
              </>
            ) : (
              <Button kind="quiet" onClick={() => setLeaving(true)}>
                {WORDS.remove}
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

/** Asked for when it is opened. */
function ServerLog({ name }: { name: string }) {
  const [isShown, setShown] = useState(false);
  return (
    <details className="mt-2" onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary className="cursor-pointer py-2 text-muted">{WORDS.written}</summary>
      {isShown && <LogText name={name} />}
    </details>
  );
}

function LogText({ name }: { name: string }) {
  const { http } = useServices();
  const log = useQuery(serverLogQuery(http, name));
  if (log.isPending) return <p className="text-muted">{COMMON.loading}</p>;
  if (log.data === undefined) return <Problem error={log.error} />;
  if (log.data.text === "") return <p className="text-muted">{WORDS.nothingWritten}</p>;
  return <JsonView label={WORDS.endOfWritten(name)} value={log.data.text} isExact />;
}
