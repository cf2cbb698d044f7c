import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleMinus, Plus, TriangleAlert } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { Commands } from "../../src/wire/mcp.ts";
import { useServices } from "../app/services.tsx";
import { AddServers } from "../tools/add-servers.tsx";
import { commandsQuery, serversQuery, toolsQuery } from "../tools/queries.ts";
import { Button } from "../ui/button.tsx";
import { Failure, Loading } from "../ui/notice.tsx";
import { WORDS } from "../words/welcome.tsx";

/** What the agent has to work with on this machine, and servers of other programs beside it. */
export function ToolsStep() {
  const { http } = useServices();
  const tools = useQuery(toolsQuery(http));
  const servers = useQuery(serversQuery(http));
  const commands = useQuery(commandsQuery(http));
  const [isAdding, setAdding] = useState(false);
  if (tools.data === undefined) {
    if (tools.error === null) return <Loading what={WORDS.loadingTools} />;
    return <Failure what={WORDS.toolsNotLoaded} error={tools.error} retry={() => void tools.refetch()} />;
  }
  const names = new Set(tools.data.items.filter(({ server }) => server === null).map(({ name }) => name));
  const own = servers.data?.items ?? [];
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm text-muted">{WORDS.asksBefore}</p>
      <ul className="flex flex-col gap-3">
        <Has isThere={names.has("file_read")} title={WORDS.files}>
          {WORDS.filesMean}
        </Has>
        <Shell isThere={names.has("shell")} commands={commands.data} />
        <Has isThere={names.has("web_fetch")} title={WORDS.web}>
          {WORDS.webMeans}
        </Has>
        <Has isThere={names.has("graph_search")} title={WORDS.memory}>
          {WORDS.memoryMeans}
        </Has>
      </ul>
      <section aria-labelledby="welcome-servers" className="rounded-lg border border-line bg-panel px-4 py-3">
        <h3 id="welcome-servers" className="text-sm font-medium">
          {WORDS.servers}
        </h3>
        <p className="mt-1 text-sm text-muted">{WORDS.serversMean}</p>
        {own.length > 0 && (
          <ul className="mt-2 flex flex-col gap-1 text-sm">
            {own.map(({ name, by, reached }) => (
              <li key={name} className="[overflow-wrap:anywhere]">
                <strong className="font-medium">{name}</strong>{" "}
                <span className="text-muted">{by === "stdio" ? WORDS.runs(reached) : WORDS.at(reached)}</span>
              </li>
            ))}
          </ul>
        )}
        {servers.error !== null && (
          <Failure what={WORDS.serversNotLoaded} error={servers.error} retry={() => void servers.refetch()} />
        )}
        <Button className="mt-2" onClick={() => setAdding(true)}>
          <Plus aria-hidden="true" className="size-4" />
          {WORDS.addServers}
        </Button>
      </section>
      {isAdding && <AddServers onClose={() => setAdding(false)} />}
    </div>
  );
}

function Shell({ isThere, commands }: { isThere: boolean; commands: Commands | undefined }) {
  if (!isThere || commands?.kind === "off") {
    return (
      <Has isThere={false} title={WORDS.commands}>
        {WORDS.shellIsOff}
      </Has>
    );
  }
  if (commands?.kind === "host") {
    return (
      <Has isThere isRisky title={WORDS.commands}>
        {WORDS.shellIsOpen(commands.why, commands.remedy)}
      </Has>
    );
  }
  return (
    <Has isThere title={WORDS.commands}>
      {commands === undefined ? WORDS.checkingSandbox : WORDS.shellIsClosedIn}
    </Has>
  );
}

interface HasProps {
  readonly isThere: boolean;
  readonly isRisky?: boolean;
  readonly title: string;
  readonly children: ReactNode;
}

function Has({ isThere, isRisky = false, title, children }: HasProps) {
  const [Icon, colour] = !isThere
    ? [CircleMinus, "text-muted"]
    : isRisky
      ? [TriangleAlert, "text-warn"]
      : [CircleCheck, "text-good"];
  return (
    <li className="flex gap-2 text-sm">
      <Icon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${colour}`} />
      <span className="min-w-0">
        <strong className="font-medium">{title}</strong>
        <span className="text-muted"> · {isThere ? WORDS.isThere : WORDS.isNotThere}</span>
        <span className="block text-muted [overflow-wrap:anywhere]">{children}</span>
      </span>
    </li>
  );
}
