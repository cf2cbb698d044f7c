/** Nobody can see the page: its tab is behind another, or its window is put away. */
export const isHidden = (): boolean => document.visibilityState === "hidden";

/** Tells, until the function it gives is called, when the page is hidden or shown again. */
export function onVisibility(tell: () => void): () => void {
  document.addEventListener("visibilitychange", tell);
  return () => document.removeEventListener("visibilitychange", tell);
}
