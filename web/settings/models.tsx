import { ModelSettings } from "../models/model-settings.tsx";
import { useIsOwner } from "../tools/queries.ts";
import { WORDS } from "../words/settings.tsx";

export function Models() {
  const isOwner = useIsOwner();
  if (isOwner) return <ModelSettings />;
  return <p className="text-sm">{WORDS.modelsAreOwners}</p>;
}
