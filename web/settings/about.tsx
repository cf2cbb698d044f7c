import { queryOptions, useQuery } from "@tanstack/react-query";
import { healthSchema } from "../../src/wire/api.ts";
import { dataStatusSchema } from "../../src/wire/data.ts";
import { useServices } from "../app/services.tsx";
import { useStatus } from "../app/told.ts";
import type { Http } from "../live/http.ts";
import { useIsOwner } from "../tools/queries.ts";
import { Fact } from "../ui/fact.tsx";
import { fullTime, size } from "../ui/format.ts";
import { WORDS } from "../words/settings.tsx";

const healthQuery = (http: Http) =>
  queryOptions({ queryKey: ["health"], queryFn: ({ signal }) => http.get("/health", healthSchema, signal) });
const databaseQuery = (http: Http) =>
  queryOptions({ queryKey: ["db"], queryFn: ({ signal }) => http.get("/api/db", dataStatusSchema, signal) });

const ENGINES = { sqlite: "SQLite", postgres: "PostgreSQL" } as const;

export function About() {
  const { http } = useServices();
  const isOwner = useIsOwner();
  const { data: health } = useQuery(healthQuery(http));
  const { data: status } = useStatus();
  const { data: database } = useQuery({ ...databaseQuery(http), enabled: isOwner });
  return (
    <>
      <dl className="grid grid-cols-[7rem_1fr] gap-y-1 text-sm [overflow-wrap:anywhere]">
        <Fact name={WORDS.facts.version}>{health?.version ?? WORDS.notKnown}</Fact>
        <Fact name={WORDS.facts.started}>{health === undefined ? WORDS.notKnown : fullTime(health.startedAt)}</Fact>
        <Fact name={WORDS.facts.node}>{status?.node ?? WORDS.notKnown}</Fact>
        <Fact name={WORDS.facts.loop}>
          {health === undefined ? WORDS.notKnown : health.agentLoop ? WORDS.on : WORDS.off}
        </Fact>
        {isOwner && (
          <Fact name={WORDS.facts.database}>
            {database === undefined
              ? WORDS.notKnown
              : WORDS.database(ENGINES[database.engine], size(database.bytes), database.schema)}
          </Fact>
        )}
      </dl>
      <p className="text-sm">{WORDS.documentation}</p>
    </>
  );
}
