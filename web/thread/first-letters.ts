declare global {
  /** Made by `public/first-letters.js`, before anything else runs. */
  var sparkyFirstLetters: { readonly take: () => string; readonly again: () => void } | undefined;
}

/** What was typed before there was a box; from here on the keys are the page's own. */
export const takeFirstLetters = (): string => globalThis.sparkyFirstLetters?.take() ?? "";

/** A screen with a box is on its way: what is typed until it is there is meant for it. */
export const awaitFirstLetters = (): void => globalThis.sparkyFirstLetters?.again();
