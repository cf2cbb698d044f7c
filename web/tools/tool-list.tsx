import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { exactLine } from "../../src/core/exact.ts";
import type { ToolInfo, ToolUsage } from "../../src/wire/mcp.ts";
import { useServices } from "../app/services.tsx";
import { Described } from "../text/described.tsx";
import { JsonView } from "../text/json-view.tsx";
import { Button } from "../ui/button.tsx";
import { Fact } from "../ui/fact.tsx";
import { count, duration, size } from "../ui/format.ts";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { SearchBox } from "../ui/search-box.tsx";
import { EFFECT_LOOKS, Mark, verdictLook } from "./mark.tsx";
import { toolsQuery, toolUsageQuery, useIsOwner } from "./queries.ts";
import { ToolPolicy } from "./tool-policy.tsx";
import { TryTool } from "./try-tool.tsx";
import { WORDS } from "../words/tools.tsx";

/** Characters of JSON for one token, about. */
const BYTES_PER_TOKEN = 4;

/** The tools that the next run is given, and what they take of each model call. */
export function ToolList() {
  const { http } = useServices();
  const { q = "" } = useSearch({ from: "/tools" });
  const navigate = useNavigate({ from: "/tools" });
  const list = useQuery(toolsQuery(http));
  const usage = useQuery(toolUsageQuery(http)).data?.items ?? [];
  const search = (words: string): void =>
    void navigate({ search: { q: words === "" ? undefined : words }, replace: true });
  if (list.isPending) return <Loading what={WORDS.loadingTools} />;
  if (list.data === undefined) {
    return <Failure what={WORDS.toolsNotLoaded} error={list.error} retry={() => void list.refetch()} />;
  }
  const all = list.data.items;
  const words = q.toLowerCase();
  const shown = all.filter((tool) => `${tool.name} ${tool.description}`.toLowerCase().includes(words));
  return (
    <>
      <NextCall tools={all} />
      <div className="mt-2 flex">
        <SearchBox label={WORDS.searchTools} value={q} onChange={search} />
      </div>
      {shown.length === 0 && (
        <Empty title={WORDS.noToolMatches}>
          <Button className="mt-2" onClick={() => search("")}>
            {WORDS.showAllTools}
          </Button>
        </Empty>
      )}
      {[...Map.groupBy(shown, ({ server }) => server)].map(([server, tools]) => (
        <section key={server ?? ""} aria-label={server === null ? WORDS.builtIn : WORDS.from(server)} className="mt-4">
          <h2 className="font-semibold [overflow-wrap:anywhere]">
            {server === null ? WORDS.builtIn : WORDS.from(exactLine(server))}
          </h2>
          <ul className="mt-1 divide-y divide-line border-y border-line">
            {tools.map((tool) => (
              <ToolRow key={tool.name} tool={tool} usage={usage.find(({ name }) => name === tool.name)} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function NextCall({ tools }: { tools: readonly ToolInfo[] }) {
  const sent = tools.filter(({ deferred }) => !deferred);
  const bytes = sent.reduce((sum, tool) => sum + tool.bytes, 0);
  const found = tools.length - sent.length;
  return (
    <p data-next-call={bytes} className="mt-2 text-sm text-muted">
      {WORDS.nextCall(sent.length, size(bytes), count(Math.ceil(bytes / BYTES_PER_TOKEN)))}
      {found > 0 && WORDS.moreAreFound(found)}
    </p>
  );
}

function ToolRow({ tool, usage }: { tool: ToolInfo; usage: ToolUsage | undefined }) {
  const { name, server, description, effect, bytes, deferred, idempotent, schema, hints } = tool;
  const isOwner = useIsOwner();
  return (
    <li data-tool={name}>
      <details className="group">
        <summary className="tap flex cursor-pointer list-none flex-wrap items-center gap-x-3 gap-y-0.5 py-2 text-sm hover:bg-panel">
          <ChevronRight aria-hidden="true" className="size-4 shrink-0 text-muted group-open:rotate-90" />
          <code className="font-mono font-medium [overflow-wrap:anywhere]">{exactLine(tool.tool ?? name)}</code>
          <span className="ml-auto flex flex-wrap justify-end gap-x-3 text-xs">
            <Mark look={EFFECT_LOOKS[effect]} />
            <Mark look={verdictLook(tool)} />
            <span className="w-14 text-right text-muted tabular-nums">{size(bytes)}</span>
          </span>
          <span className="line-clamp-2 w-full text-xs text-muted [overflow-wrap:anywhere] group-open:hidden">
            <Described text={description} most={1000} />
          </span>
        </summary>
        <div className="pb-3 text-sm">
          <p className="[overflow-wrap:anywhere] whitespace-pre-line">
            <Described text={description} most={4000} />
          </p>
          <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1">
            <Fact name={WORDS.nameInCall}>
              <code className="font-mono [overflow-wrap:anywhere]">{exactLine(name)}</code>
            </Fact>
            <ToolPolicy tool={tool} />
            <Fact name={WORDS.lastWeek}>{usageWords(usage)}</Fact>
            <Fact name={WORDS.afterACrash}>{idempotent ? WORDS.runAgain : WORDS.notRunAgain}</Fact>
            {deferred && <Fact name={WORDS.inAModelCall}>{WORDS.onlyWhenFound}</Fact>}
          </dl>
          <JsonView label={WORDS.arguments} value={schema} isExact />
          {Object.keys(hints).length > 0 && (
            <JsonView label={WORDS.hints} note={WORDS.hintsMean} value={hints} isExact />
          )}
          {isOwner && server !== null && tool.tool !== null && <TryTool server={server} tool={tool.tool} />}
        </div>
      </details>
    </li>
  );
}

function usageWords(usage: ToolUsage | undefined): string {
  if (usage === undefined) return WORDS.notCalled;
  const { calls, failures, p95Ms } = usage;
  return WORDS.calls(calls, failures, duration(p95Ms));
}
