import type { Page } from "playwright-core";

/** More stops than twice those of any screen. */
const MOST = 400;
/** So many presses are sent before it is read where they led: one by one, the way to the browser and back is most of the time. */
const AT_ONCE = 20;

interface Stop {
  readonly what: string;
  readonly isSeen: boolean;
  readonly isInView: boolean;
}

/**
 * Goes through a page with Tab alone, from its beginning until the focus leaves it. Tells what is wrong: a stop that cannot be
 * seen to have the focus or is out of sight, something to press that is never reached, and a place that does not let go.
 */
export async function faultsByKeyboard(page: Page): Promise<readonly string[]> {
  const faults = new Set<string>();
  let stops = 0;
  await page.evaluate(watchFocus);
  const browser = await page.context().newCDPSession(page);
  const tab = { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 };
  const press = () => [
    browser.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...tab }),
    browser.send("Input.dispatchKeyEvent", { type: "keyUp", ...tab }),
  ];
  // A page may begin with the focus in its middle: from there to the end, and then all of it.
  for (let left = 2; left > 0 && stops < MOST;) {
    await Promise.all(Array.from({ length: AT_ONCE }, press).flat());
    const seen = await page.evaluate(takeStops);
    for (const stop of seen) {
      stops += 1;
      if (stop === null) left -= 1;
      else if (!stop.isSeen) faults.add(`no focus to be seen: ${stop.what}`);
      else if (!stop.isInView) faults.add(`out of sight: ${stop.what}`);
    }
  }
  await browser.detach();
  if (stops >= MOST) faults.add(`Tab never leaves the page: ${MOST} stops`);
  if (stops < 5) faults.add(`only ${stops} stops`);
  return [...faults, ...(await page.evaluate(notReached))];
}

/** The page's own window, with what its listener has seen. */
type Watched = typeof globalThis & { stops?: (Stop | null)[] };

/** Runs in the page: after each Tab, what has the focus is remembered; null: nothing of the page. */
function watchFocus(): void {
  const watched: Watched = globalThis;
  watched.stops = [];
  const isMarked = (each: Element | null, levels: number): boolean => {
    if (each === null || levels === 0) return false;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
    return (
      (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0) ||
      boxShadow !== "none" ||
      isMarked(each.parentElement, levels - 1)
    );
  };
  const look = (element: Element | null): Stop | null => {
    if (!(element instanceof HTMLElement || element instanceof SVGElement) || element === document.body) return null;
    element.dataset["reached"] = "";
    const { top, bottom, left, right } = element.getBoundingClientRect();
    return {
      what: element.outerHTML.slice(0, 160),
      // The ring may be around the field that a box stands in.
      isSeen: isMarked(element, element.matches("input, textarea") ? 3 : 1),
      isInView: bottom > 0 && right > 0 && top < innerHeight && left < innerWidth,
    };
  };
  addEventListener("keyup", () => watched.stops?.push(look(document.activeElement)), { capture: true });
}

/** Runs in the page: what was remembered since it was last taken. */
function takeStops(): (Stop | null)[] {
  const watched: Watched = globalThis;
  return watched.stops?.splice(0) ?? [];
}

/** Runs in the page, after it was gone through. */
function notReached(): string[] {
  const wanted = "a[href], button, input, select, textarea, summary, [tabindex]";
  return [...document.querySelectorAll<HTMLElement>(wanted)]
    .filter((element) => element.tabIndex >= 0 && !element.matches(":disabled, [data-reached]"))
    .filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.closest("[inert]") === null)
    .filter(
      (element) =>
        !(element instanceof HTMLInputElement && element.type === "radio") ||
        document.querySelector(`input[name="${CSS.escape(element.name)}"][data-reached]`) === null,
    )
    .map((element) => `not reached: ${element.outerHTML.slice(0, 160)}`);
}
