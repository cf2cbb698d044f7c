/** A ref for the open one of a row that may be longer than a narrow page: in its middle, as the edges fade. */
export function inView(element: HTMLElement | null): void {
  // Nothing is given back: newer browsers give a promise, which React would take for what undoes it.
  element?.scrollIntoView({ block: "nearest", inline: "center" });
}
