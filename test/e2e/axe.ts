import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** What axe finds against WCAG 2.2 AA and good practice, each with its place. */
export async function faultsOf(page: Page): Promise<readonly string[]> {
  // No page of ours holds one of another site, so all is looked at in place; of what passes, the number is enough.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
  const { violations, passes } = await axe.analyze();
  expect(passes.length).toBeGreaterThan(5);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, html }) => `${id}: ${target.join(" ")} ${html.slice(0, 150)}`),
  );
}
