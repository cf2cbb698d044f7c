import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { Pill } from "../ui/pill.tsx";
import { Screen } from "../ui/screen.tsx";
import { AddServers } from "./add-servers.tsx";
import { serversQuery, skillsQuery, toolsQuery, useIsOwner } from "./queries.ts";
import { SecretList } from "./secret-list.tsx";
import { ServerList } from "./server-list.tsx";
import { SkillList } from "./skill-list.tsx";
import { ToolList } from "./tool-list.tsx";
import { WORDS } from "../words/tools.tsx";

/** What the agent can do: its tools, the servers that some of them come from, and its skills. */
export function ToolsScreen() {
  const { http } = useServices();
  const { show, add } = useSearch({ from: "/tools" });
  const navigate = useNavigate({ from: "/tools" });
  const isOwner = useIsOwner();
  const tools = useQuery(toolsQuery(http));
  const servers = useQuery(serversQuery(http));
  const skills = useQuery(skillsQuery(http));
  const turn = (to: typeof show): void => void navigate({ search: { show: to }, replace: true });
  return (
    <Screen title={WORDS.windowTitle}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="text-base font-semibold">{WORDS.title}</h1>
        {isOwner && (
          <Button className="ml-auto" onClick={() => void navigate({ search: { show: "servers", add: true } })}>
            <Plus aria-hidden="true" className="size-4" />
            {WORDS.addServers}
          </Button>
        )}
      </div>
      <div role="group" aria-label={WORDS.whatToShow} className="mt-2 flex gap-1 overflow-x-auto py-1">
        <Pill
          word={WORDS.tabs.tools}
          n={tools.data?.items.length}
          isOn={show === undefined}
          onClick={() => turn(undefined)}
        />
        <Pill
          word={WORDS.tabs.servers}
          n={servers.data?.items.length}
          isOn={show === "servers"}
          onClick={() => turn("servers")}
        />
        <Pill
          word={WORDS.tabs.skills}
          n={skills.data?.items.length}
          isOn={show === "skills"}
          onClick={() => turn("skills")}
        />
        {isOwner && <Pill word={WORDS.tabs.secrets} isOn={show === "secrets"} onClick={() => turn("secrets")} />}
      </div>
      {show === undefined && <ToolList />}
      {show === "servers" && <ServerList />}
      {show === "skills" && <SkillList />}
      {show === "secrets" && isOwner && <SecretList />}
      {add && isOwner && <AddServers onClose={() => turn("servers")} />}
    </Screen>
  );
}
