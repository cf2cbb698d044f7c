import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { NewShare } from "../../src/wire/shares.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/notice.tsx";
import { WORDS } from "../words/shares.ts";
import { peopleQuery } from "./queries.ts";
import { RightChoice, SELECT } from "./right-choice.tsx";

interface Props {
  /** Who has it already. */
  readonly taken: readonly string[];
  readonly isBusy: boolean;
  readonly isSharing: boolean;
  readonly error: Error | null;
  readonly onShare: (share: NewShare, done: () => void) => void;
}

/** With one person more. */
export function NewShareForm({ taken, isBusy, isSharing, error, onShare }: Props) {
  const { http } = useServices();
  const people = useQuery(peopleQuery(http));
  const [user, setUser] = useState("");
  const [write, setWrite] = useState(false);
  const left = people.data?.items.filter(({ name }) => !taken.includes(name)) ?? [];
  if (people.data !== undefined && left.length === 0) {
    return <p className="mt-3 text-sm text-muted">{WORDS.nobodyLeft}</p>;
  }
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onShare({ user, write }, () => setUser(""));
  };
  return (
    <form onSubmit={submit} className="mt-4 flex flex-wrap items-center gap-2">
      <select
        data-first
        aria-label={WORDS.with}
        required
        value={user}
        disabled={isBusy}
        onChange={(event) => setUser(event.target.value)}
        className={`${SELECT} flex-1 max-sm:basis-full`}
      >
        <option value="">{WORDS.choose}</option>
        {left.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <RightChoice label={WORDS.newRight} write={write} disabled={isBusy} onChange={setWrite} />
      <Button kind="primary" type="submit" disabled={isBusy || user === ""}>
        {isSharing ? WORDS.sharing : WORDS.share}
      </Button>
      <Problem error={error ?? people.error} />
    </form>
  );
}
