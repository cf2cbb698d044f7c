import { useQuery } from "@tanstack/react-query";
import { BookOpen, Check, ChevronRight, Wrench, X } from "lucide-react";
import { useState } from "react";
import { exactLine } from "../../src/core/exact.ts";
import type { Change } from "../../src/wire/changes.ts";
import { skillSchema } from "../../src/wire/skills.ts";
import { useServices } from "../app/services.tsx";
import { DiffView } from "../text/diff.tsx";
import { JsonView } from "../text/json-view.tsx";
import { skillPlace } from "../tools/mark.tsx";
import { skillPath, skillQuery } from "../tools/queries.ts";
import { Button } from "../ui/button.tsx";
import { agoInWords, fullTime, size } from "../ui/format.ts";
import { Failure, Problem } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { ChangedTools } from "./changed-tools.tsx";
import { useAnswer } from "./queries.ts";
import { WORDS } from "../words/changes.tsx";

type ToolsChange = Extract<Change, { readonly kind: "tools" }>;
type SkillChange = Extract<Change, { readonly kind: "skill" }>;

interface Props<T> {
  readonly change: T;
  readonly onTold: (words: string) => void;
}

/** Tools of one server, or one skill, that no run has as they are now. */
export function ChangeCard({ change, onTold }: Props<Change>) {
  return change.kind === "tools" ? (
    <ToolsCard change={change} onTold={onTold} />
  ) : (
    <SkillCard change={change} onTold={onTold} />
  );
}

const CARD = "flex flex-col gap-3 rounded-xl border border-warn bg-page p-4";

/** One is shown at once; many fold out. */
function ToolsCard({ change: { server, tools, at }, onTold }: Props<ToolsChange>) {
  const isMany = tools.length > 1;
  const [isOpen, setOpen] = useState(!isMany);
  const now = useNow(15_000);
  const fresh = tools.filter(({ change }) => change === "new").length;
  const title = WORDS.toolsWait(tools.length, exactLine(server));
  return (
    <article data-change={`tools ${server}`} aria-label={title} className={CARD}>
      <div>
        <h3 className="flex items-center gap-x-2 font-semibold [overflow-wrap:anywhere]">
          <Wrench aria-hidden="true" className="size-4 shrink-0 text-warn" />
          {title}
        </h3>
        <p className="mt-0.5 flex flex-wrap gap-x-3 text-xs text-muted">
          {isMany && <span>{WORDS.howMany(fresh, tools.length - fresh)}</span>}
          <span>{WORDS.toolsAreNotUsed(tools.length)}</span>
          <time dateTime={at} title={fullTime(at)}>
            {WORDS.seen(agoInWords(at, now))}
          </time>
        </p>
      </div>
      {isMany && (
        <Button className="self-start" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <ChevronRight aria-hidden="true" className={`size-4 ${isOpen ? "rotate-90" : ""}`} />
          {isOpen ? WORDS.foldUp : WORDS.showAll(tools.length)}
        </Button>
      )}
      {isOpen && <ChangedTools server={server} tools={tools} onTold={onTold} />}
    </article>
  );
}

function SkillCard({ change, onTold }: Props<SkillChange>) {
  const { name, place, folder, description, change: how } = change;
  const title = how === "new" ? WORDS.newSkill(exactLine(name)) : WORDS.changedSkill(exactLine(name));
  return (
    <article data-change={`skill ${folder}`} aria-label={title} className={CARD}>
      <div>
        <h3 className="flex items-center gap-x-2 font-semibold [overflow-wrap:anywhere]">
          <BookOpen aria-hidden="true" className="size-4 shrink-0 text-warn" />
          {title}
        </h3>
        <p className="mt-0.5 flex flex-wrap gap-x-3 text-xs text-muted">
          <span>{skillPlace(place)}</span>
          <span>{how === "new" ? WORDS.skillIsNotUsed : WORDS.skillGoesOn}</span>
        </p>
        <p className="mt-1 text-sm [overflow-wrap:anywhere]">{exactLine(description, 2000)}</p>
      </div>
      <SkillText change={change} onTold={onTold} />
    </article>
  );
}

function SkillText({ change, onTold }: Props<SkillChange>) {
  const { http } = useServices();
  const skill = { name: change.folder, place: change.place };
  const whole = useQuery(skillQuery(http, skill, change.hash));
  const answer = useAnswer(onTold);
  if (whole.isPending) return <p className="text-sm text-muted">{WORDS.loading}</p>;
  if (whole.data === undefined) {
    return <Failure what={WORDS.skillNotLoaded} error={whole.error} retry={() => void whole.refetch()} />;
  }
  const { diff, text, hash, contents, warnings } = whole.data;
  const send = (what: "approve" | "refuse"): void =>
    answer.mutate({
      path: `${skillPath(skill)}/${what}`,
      // What is shown, not what was told of when the list was made.
      body: { hash, place: change.place },
      schema: skillSchema,
      words: (what === "approve" ? WORDS.approvedSkill : WORDS.refusedSkill)(exactLine(change.name)),
    });
  return (
    <>
      {warnings.map((words) => (
        <p key={words} className="text-sm text-warn [overflow-wrap:anywhere]">
          {exactLine(words, 500)}
        </p>
      ))}
      <p className="text-xs text-muted [overflow-wrap:anywhere]">
        {WORDS.files(
          contents.length,
          contents.map(({ path, bytes }) => WORDS.fileOf(exactLine(path), size(bytes))).join(", "),
        )}
      </p>
      {diff === "" ? (
        <JsonView label={WORDS.instructions} value={text} isExact />
      ) : (
        <DiffView label={WORDS.different} text={diff} form="unified" />
      )}
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" disabled={answer.isPending || hash === null} onClick={() => send("approve")}>
          <Check aria-hidden="true" className="size-4" />
          {WORDS.approveAsItIs}
        </Button>
        <Button kind="quiet" disabled={answer.isPending || hash === null} onClick={() => send("refuse")}>
          <X aria-hidden="true" className="size-4" />
          {WORDS.refuse}
        </Button>
      </div>
      <Problem error={answer.error} />
    </>
  );
}
