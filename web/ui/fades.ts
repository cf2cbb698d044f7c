/** A ref for a row that may be longer than a narrow page: it fades where more of it can be scrolled to. */
export function fadeWhereCut(row: HTMLElement | null): (() => void) | undefined {
  if (row === null) return undefined;
  const tell = (): void => {
    const left = row.scrollWidth - row.clientWidth - row.scrollLeft;
    row.toggleAttribute("data-before", row.scrollLeft > 1);
    row.toggleAttribute("data-after", left > 1);
  };
  const sizes = new ResizeObserver(tell);
  for (const each of [row, ...row.children]) sizes.observe(each);
  row.addEventListener("scroll", tell, { passive: true });
  return () => {
    sizes.disconnect();
    row.removeEventListener("scroll", tell);
  };
}
