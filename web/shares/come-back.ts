/** Who signs in lands at the beginning: where a link to a chat waits to be taken up is kept meanwhile, for this tab alone. */
const STORED_AS = "sparky.come-back";
export const SHARED_PATH = "/shared";

/** Asked for as somebody leaves for the sign-in. */
export function keepPlace(): void {
  const { pathname, hash } = location;
  if (pathname !== SHARED_PATH || hash === "") return;
  try {
    sessionStorage.setItem(STORED_AS, hash);
  } catch {
    // They open the link again.
  }
}

/** Before the first page is shown. */
export function comeBack(): void {
  try {
    const hash = sessionStorage.getItem(STORED_AS);
    sessionStorage.removeItem(STORED_AS);
    if (hash !== null && location.pathname === "/") history.replaceState(null, "", SHARED_PATH + hash);
  } catch {
    // There is nothing to come back to.
  }
}
