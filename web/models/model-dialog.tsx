import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Failure, Loading } from "../ui/notice.tsx";
import { KeyForm } from "./key-form.tsx";
import { modelsQuery } from "./queries.ts";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/models.tsx";

/** The model and its key, set right where an answer failed for want of them. */
export function ModelDialog({ onClose }: { onClose: () => void }) {
  const { http } = useServices();
  const models = useQuery(modelsQuery(http));
  const [isKept, setKept] = useState(false);
  return (
    <Dialog title={WORDS.title} onClose={onClose}>
      <div className="mt-3">
        {models.data !== undefined ? (
          <KeyForm models={models.data} onKept={() => setKept(true)} />
        ) : models.error !== null ? (
          <Failure what={WORDS.notLoaded} error={models.error} retry={() => void models.refetch()} />
        ) : (
          <Loading what={WORDS.loading} />
        )}
      </div>
      <div className="mt-4 flex flex-wrap items-center justify-end gap-3">
        <Link
          to="/settings/$section"
          params={{ section: "models" }}
          className="mr-auto text-sm text-accent underline"
          onClick={onClose}
        >
          {WORDS.allModels}
        </Link>
        <Button kind={isKept ? "primary" : "plain"} onClick={onClose}>
          {isKept ? WORDS.backToTry : COMMON.close}
        </Button>
      </div>
    </Dialog>
  );
}
