import { Dialog } from "../ui/dialog.tsx";

const KEYS: readonly { readonly where: string; readonly keys: readonly (readonly [key: string, does: string])[] }[] = [
  {
    where: "Everywhere",
    keys: [
      ["Ctrl K, ⌘ K", "Search and commands"],
      ["?", "These keys"],
      ["Esc", "Close what is open"],
    ],
  },
  {
    where: "In a run",
    keys: [
      ["j", "Next step"],
      ["k", "The step before"],
      ["e", "Next step that did not go well"],
      ["/", "Search this run"],
      ["Esc", "Close the step"],
    ],
  },
  {
    where: "Where you write",
    keys: [
      ["Enter", "Send"],
      ["Shift Enter", "A new line"],
    ],
  },
];

/** Which keys do what. */
export function KeysHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      {KEYS.map(({ where, keys }) => (
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
