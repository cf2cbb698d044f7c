import { Dialog } from "../ui/dialog.tsx";
import { WORDS } from "../words/palette.ts";

/** Which keys do what. */
export function KeysHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={WORDS.keysTitle} onClose={onClose}>
      {WORDS.keys.map(({ where, keys }) => (
        <section key={where} className="mt-3">
          <h3 className="text-xs font-medium text-muted">{where}</h3>
          <dl className="mt-1 grid grid-cols-[8rem_1fr] gap-y-1 text-sm">
            {keys.map(([key, does]) => (
              <div key={key} className="contents">
                <dt>
                  <kbd className="rounded border border-line-strong bg-panel px-1.5 py-0.5 font-mono text-xs">
                    {key}
                  </kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
