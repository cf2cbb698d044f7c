import { useEffect } from "react";

const COUNT = /^\(\d+\+?\) /;

/** How much there is to see stands before the page's title, whichever page it is: `(3) Home · Sparky`. */
export function useTitleCount(count: number): void {
  useEffect(() => {
    const show = (): void => {
      const bare = document.title.replace(COUNT, "");
      const title = count === 0 ? bare : `(${count > 99 ? "99+" : count}) ${bare}`;
      if (document.title !== title) document.title = title;
    };
    show();
    // Each page sets its own title.
    const observer = new MutationObserver(show);
    observer.observe(document.head, { childList: true, characterData: true, subtree: true });
    return () => observer.disconnect();
  }, [count]);
}
