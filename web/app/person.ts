import { useEffect } from "react";
import { useQuery } from "@tanstack/react-query";
import { draftsOf } from "../thread/draft.ts";
import { meQuery } from "./queries.ts";
import { useServices } from "./services.tsx";

/** The id of whoever is signed in to this browser, so that its other tabs hear of another one. */
const STORED_AS = "sparky.person";

/**
 * Whether it is known whose page this is. Once somebody else has signed in to this browser it begins anew: what it holds is
 * not theirs.
 */
export function usePerson(): boolean {
  const { http, outbox, queries } = useServices();
  const person = useQuery(meQuery(http)).data?.id;
  const isOther = person !== undefined && (outbox.person() ?? person) !== person;
  if (person !== undefined && !isOther) draftsOf(person);
  useEffect(() => {
    if (person === undefined) return;
    if (isOther) return location.reload();
    outbox.belongTo(person);
    tellTabs(person);
  }, [outbox, person, isOther]);
  useEffect(() => {
    const heard = ({ key, newValue }: StorageEvent): void => {
      if (key === STORED_AS && newValue !== outbox.person()) void queries.invalidateQueries({ queryKey: ["me"] });
      if (key !== null) outbox.storedElsewhere(key);
    };
    addEventListener("storage", heard);
    return () => removeEventListener("storage", heard);
  }, [outbox, queries]);
  return person !== undefined && !isOther;
}

/** null: nobody. */
export function tellTabs(person: string | null): void {
  try {
    if (person === null) localStorage.removeItem(STORED_AS);
    else localStorage.setItem(STORED_AS, person);
  } catch {
    // They find out when they ask.
  }
}
