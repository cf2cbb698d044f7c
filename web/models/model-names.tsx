import { useQuery } from "@tanstack/react-query";
import { useServices } from "../app/services.tsx";
import { modelChoicesQuery } from "./queries.ts";

/** The models that can be chosen here, for a field that names this list by its id; others can be written all the same. */
export function ModelNames({ id }: { id: string }) {
  const { http } = useServices();
  const { data } = useQuery(modelChoicesQuery(http));
  return (
    <datalist id={id}>
      {data?.items.flatMap((item) => (item.why === null ? [<option key={item.id} value={item.id} />] : []))}
    </datalist>
  );
}
