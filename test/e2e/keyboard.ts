import type { Page } from "playwright-core";

/** More stops than twice those of any screen. */
const MOST = 400;

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
  // A page may begin with the focus in its middle: from there to the end, and then all of it.
  for (let left = 2; left > 0 && stops < MOST; stops += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(lookAtFocus);
    if (stop === null) left -= 1;
    else if (!stop.isSeen) faults.add(`no focus to be seen: ${stop.what}`);
    else if (!stop.isInView) faults.add(`out of sight: ${stop.what}`);
  }
  if (stops === MOST) faults.add(`Tab never leaves the page: ${MOST} stops`);
  if (stops < 5) faults.add(`only ${stops} stops`);
  return [...faults, ...(await page.evaluate(notReached))];
}

/** Runs in the page. What has the focus is remembered; null: nothing of the page. */
function lookAtFocus(): Stop | null {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement || element instanceof SVGElement) || element === document.body) return null;
  element.dataset["reached"] = "";
  const isMarked = (each: Element | null, levels: number): boolean => {
    if (each === null || levels === 0) return false;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
    return (
      (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0) ||
      boxShadow !== "none" ||
      isMarked(each.parentElement, levels - 1)
    );
  };
  const { top, bottom, left, right } = element.getBoundingClientRect();
  return {
    what: element.outerHTML.slice(0, 160),
    // The ring may be around the field that a box stands in.
    isSeen: isMarked(element, element.matches("input, textarea") ? 3 : 1),
    isInView: bottom > 0 && right > 0 && top < innerHeight && left < innerWidth,
  };
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
