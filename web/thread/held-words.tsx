import { exactLine } from "../../src/core/exact.ts";
import { shorten } from "../../src/core/text.ts";
import { Exact } from "../text/exact.tsx";
import { Button } from "../ui/button.tsx";
import { WORDS } from "../words/thread.ts";

interface Props {
  /** Behind the slash. */
  readonly name: string;
  /** As they are typed. */
  readonly near: readonly string[];
  readonly onChoose: (name: string) => void;
  readonly onSend: () => void;
}

/** In the terminal they are commands. */
const isChosen = (name: string): boolean => name === "model" || name === "effort";

/** A message that begins with the name of nothing that there is: what may have been meant, and the way to send it all the same. */
export function HeldWords({ name, near, onChoose, onSend }: Props) {
  return (
    <div role="alert" className="mb-1 rounded-xl border border-warn bg-warn-soft px-3 py-2 text-sm">
      <p className="[overflow-wrap:anywhere]">
        {isChosen(name) ? WORDS.offers.byButton : WORDS.offers.unknown(exactLine(shorten(name, 60)))}
      </p>
      <div className="mt-1.5 flex flex-wrap items-center gap-2">
        {near.length > 0 && <span className="text-muted">{WORDS.offers.meant}</span>}
        {near.map((each) => (
          <Button key={each} className="max-w-full px-2 py-0.5" onClick={() => onChoose(each)}>
            <span className="truncate">
              <Exact text={each} />
            </span>
          </Button>
        ))}
        <Button kind="quiet" className="ml-auto px-2 py-0.5" onClick={onSend}>
          {WORDS.offers.asItIs}
        </Button>
      </div>
    </div>
  );
}
