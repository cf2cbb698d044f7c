import type { Page } from "playwright-core";
import { quantile } from "./measure.ts";

/** How a long page follows the wheel. */
export interface Scrolled {
  /** The time between two frames, in milliseconds: 19 of 20 took at most so long. */
  readonly p95: number;
  /** Of all frames, in percent: those that came later than 50 ms after the one before. */
  readonly late: number;
}

const TURNS = 200;
const LATE_MS = 50;

/** Turns the wheel over the middle of the page, `TURNS` times: in a long list past what is loaded, so that more has to come. */
export async function scrolled(page: Page, selector: string, deltaY: number): Promise<Scrolled> {
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  await page.mouse.move(width / 2, height / 2);
  await page.evaluate(noteFrames);
  const top = () => page.evaluate(topOfScroll, selector);
  const before = await top();
  for (let n = 0; n < TURNS; n++) await page.mouse.wheel(0, deltaY);
  const frames = await page.evaluate(() => (globalThis as unknown as { frames: number[] }).frames);
  if ((await top()) === before) throw new Error(`${selector} did not scroll`);
  const late = frames.filter((ms) => ms > LATE_MS).length;
  return { p95: quantile(frames, 0.95), late: (late * 100) / frames.length };
}

/** Runs in the page. */
function noteFrames(): void {
  const frames: number[] = [];
  let before = 0;
  const look = (now: number): void => {
    if (before > 0) frames.push(now - before);
    before = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  Object.assign(globalThis, { frames });
}

/** Runs in the page: which row stands where says how far it has gone, whether rows come and go or not. */
function topOfScroll(selector: string): string {
  const [row] = document.querySelectorAll(selector);
  return `${row?.textContent} ${row?.getBoundingClientRect().top}`;
}
