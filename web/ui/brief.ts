/** For the words of a button: on a phone its icon stands alone, and they are only its name. */
export const BRIEF = "max-md:pointer-coarse:sr-only";
