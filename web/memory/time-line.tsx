import type { Fact } from "../../src/wire/facts.ts";
import { Section } from "../ui/section.tsx";
import { WORDS } from "../words/memory.tsx";
import { FactDeeds } from "./fact-deeds.tsx";
import { FactItem } from "./fact-item.tsx";

/** What is known of a node in the order in which it came to be so, the newest first: what is over stays, with its times. */
export function TimeLine({ nodeId, facts }: { nodeId: string; facts: readonly Fact[] }) {
  if (facts.length === 0) return null;
  const begin = ({ validFrom, recordedAt }: Fact): number => Date.parse(validFrom ?? recordedAt);
  const active = facts.filter(({ status }) => status === "active").length;
  return (
    <Section
      id="facts"
      title={WORDS.whatIsKnown}
      beside={
        <span className="text-sm text-muted">
          {active === facts.length ? "" : WORDS.areSoNow(active, facts.length)}
        </span>
      }
    >
      <ol className="max-w-3xl border-l-2 border-line pl-4">
        {facts
          .toSorted((a, b) => begin(b) - begin(a))
          .map((fact) => (
            <FactItem key={fact.id} fact={fact} withSubject={fact.subject.id !== nodeId}>
              <FactDeeds fact={fact} />
            </FactItem>
          ))}
      </ol>
    </Section>
  );
}
