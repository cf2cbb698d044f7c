import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { exactLine } from "../../src/core/exact.ts";
import { skillSchema, type Skill } from "../../src/wire/skills.ts";
import { useServices } from "../app/services.tsx";
import { DiffView } from "../text/diff.tsx";
import { JsonView } from "../text/json-view.tsx";
import { Described } from "../text/described.tsx";
import { Button } from "../ui/button.tsx";
import { size } from "../ui/format.ts";
import { Empty, Failure, Loading, Problem } from "../ui/notice.tsx";
import { Mark, SKILL_LOOKS, skillPlace } from "./mark.tsx";
import { skillPath, skillQuery, skillsQuery, useChange } from "./queries.ts";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/tools.tsx";

/** The skills that lie in the reader's places; a new or changed one is used when a person has said yes to it. */
export function SkillList() {
  const { http } = useServices();
  const list = useQuery(skillsQuery(http));
  if (list.isPending) return <Loading what={WORDS.loadingSkills} />;
  if (list.data === undefined) {
    return <Failure what={WORDS.skillsNotLoaded} error={list.error} retry={() => void list.refetch()} />;
  }
  if (list.data.items.length === 0) {
    return (
      <Empty title={WORDS.noSkills} command="sparky skills add FOLDER">
        {WORDS.whatSkillsAre}
      </Empty>
    );
  }
  return (
    <ul className="mt-2 divide-y divide-line border-y border-line">
      {list.data.items.map((skill) => (
        <SkillRow key={`${skill.place} ${skill.path}`} skill={skill} />
      ))}
    </ul>
  );
}

function SkillRow({ skill }: { skill: Skill }) {
  const { name, description, place, state, used, files, bytes, problem, warnings } = skill;
  const [isShown, setShown] = useState(false);
  return (
    <li data-skill={name} data-state={state} className="text-sm">
      <details className="group" onToggle={(event) => setShown(event.currentTarget.open)}>
        <summary className="tap flex cursor-pointer list-none flex-wrap items-center gap-x-3 gap-y-0.5 py-2 hover:bg-panel">
          <ChevronRight aria-hidden="true" className="size-4 shrink-0 text-muted group-open:rotate-90" />
          <span className="font-medium [overflow-wrap:anywhere]">{exactLine(name)}</span>
          <Mark look={SKILL_LOOKS[state]} />
          <span className="ml-auto text-xs text-muted">
            {skillPlace(place)} · {WORDS.files(files)} · {size(bytes)}
          </span>
          <span className="w-full text-xs text-muted [overflow-wrap:anywhere]">
            <Described text={description} most={2000} />
          </span>
        </summary>
        {problem !== null && <p className="text-bad [overflow-wrap:anywhere]">{exactLine(problem, 500)}</p>}
        {warnings.map((words) => (
          <p key={words} className="text-warn [overflow-wrap:anywhere]">
            {exactLine(words, 500)}
          </p>
        ))}
        <p className="text-muted">{used ? WORDS.runsAreTold : WORDS.runsAreNotTold}</p>
        {isShown && <SkillText skill={skill} />}
      </details>
    </li>
  );
}

/** What it says, and what a yes would change; a yes is to exactly what is shown. */
function SkillText({ skill }: { skill: Skill }) {
  const { http } = useServices();
  const whole = useQuery(skillQuery(http, skill));
  const approve = useChange();
  if (whole.isPending) return <p className="py-2 text-muted">{COMMON.loading}</p>;
  if (whole.data === undefined) return <Problem error={whole.error} />;
  const { text, diff, hash, contents, canDecide, state } = whole.data;
  const isOpen = canDecide && hash !== null && state !== "approved" && state !== "broken";
  return (
    <div className="pb-3">
      {diff !== "" && <DiffView label={WORDS.aYesWouldChange} text={diff} form="unified" />}
      <JsonView label={WORDS.instructions} value={text} isExact />
      {contents.length > 1 && (
        <p className="mt-1 text-xs text-muted [overflow-wrap:anywhere]">
          {WORDS.itsFiles(contents.map(({ path, bytes }) => WORDS.fileOf(exactLine(path), size(bytes))).join(", "))}
        </p>
      )}
      {isOpen && (
        <Button
          kind="primary"
          className="mt-2"
          disabled={approve.isPending}
          onClick={() =>
            approve.mutate({
              path: `${skillPath(skill)}/approve`,
              body: { hash, place: skill.place },
              schema: skillSchema,
            })
          }
        >
          {approve.isPending ? WORDS.approving : WORDS.approve}
        </Button>
      )}
      <Problem error={approve.error} />
    </div>
  );
}
