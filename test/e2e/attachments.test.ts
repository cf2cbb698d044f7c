import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { describeInBrowser } from "../kit/browser.ts";
import { png } from "../kit/files.ts";
import { pdfOf } from "../kit/pdf.ts";
import { faultsOf } from "./axe.ts";
import { Stage } from "./stage.ts";

vi.setConfig({ testTimeout: 300_000 });

describeInBrowser("files in the message box", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({});
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test("are chosen, dropped and pasted, shown with what is wrong with them, taken away, sent, and seen in the chat", async () => {
    const tab = await (await stage.device()).tab("/chats");
    const { page } = tab;
    const box = page.getByRole("textbox", { name: "Message" });
    const list = page.getByRole("list", { name: "Files" });
    const picker = page.locator('input[type="file"]');
    const picture = { name: "plan.png", mimeType: "image/png", buffer: png(40, 30) };
    await picker.setInputFiles([
      picture,
      { name: "wrong.pdf", mimeType: "application/pdf", buffer: Buffer.from("no PDF") },
      { name: "empty.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) },
    ]);
    await list.getByText('"wrong.pdf" is not a PDF').waitFor();
    await list.getByText("It is empty.").waitFor();
    await list.locator('[data-attached="there"]').getByText("plan.png").waitFor();
    // With one that is wrong nothing goes.
    await box.fill("What is this?");
    const send = page.getByRole("button", { name: "Send" });
    expect(await send.isDisabled()).toBe(true);
    expect(await faultsOf(page)).toEqual([]);
    for (const name of ["wrong.pdf", "empty.txt"]) await list.getByRole("button", { name: `Remove ${name}` }).click();
    const dropped = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(["Buy clay."], "notes.txt", { type: "text/plain" }));
      return data;
    });
    await box.dispatchEvent("drop", { dataTransfer: dropped });
    await list.locator('[data-attached="there"]').getByText("notes.txt").waitFor();
    await box.evaluate((area) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File(["more"], "pasted.txt", { type: "text/plain" }));
      area.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    });
    await list.locator('[data-attached="there"]').getByText("pasted.txt").waitFor();
    await list.getByRole("button", { name: "Remove pasted.txt" }).click();
    // A PDF is read meanwhile, and what came of it is told before it is sent.
    const pdf = (name: string, buffer: Uint8Array) => ({
      ...{ name, mimeType: "application/pdf" },
      buffer: Buffer.from(buffer),
    });
    await picker.setInputFiles([
      pdf("kiln.pdf", pdfOf("Kiln", ["Clay", "Glaze"])),
      pdf("locked.pdf", pdfOf("Locked", ["Clay"], { encrypted: true })),
    ]);
    await list.getByText("2 pages").waitFor();
    await list.getByText("It opens with a password only.").waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await send.click();
    const sent = page.getByRole("article").getByRole("list", { name: "Files" });
    const shown = sent.getByRole("img", { name: "plan.png" });
    await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(40);
    await sent.getByRole("link", { name: /kiln\.pdf.*2 pages/ }).waitFor();
    await sent.getByRole("link", { name: /locked\.pdf.*It opens with a password only/ }).waitFor();
    const saved = page.waitForEvent("download");
    await sent.getByRole("link", { name: /notes\.txt/ }).click();
    expect((await saved).suggestedFilename()).toBe("notes.txt");
    await tab.conversation.getByText("I cannot read what you sent along.").first().waitFor();
    expect(await faultsOf(page)).toEqual([]);
    // The same after a reload; files alone are a message too.
    await page.reload();
    await sent.getByRole("link", { name: /notes\.txt/ }).waitFor();
    await picker.setInputFiles([{ name: "alone.txt", mimeType: "text/plain", buffer: Buffer.from("alone") }]);
    await page.locator('[data-attached="there"]').waitFor();
    await box.press("Enter");
    await sent.getByRole("link", { name: /alone\.txt/ }).waitFor();
    // What was refused by the server is told to the console by the browser itself.
    expect(tab.complaints.filter((each) => !each.includes("400"))).toEqual([]);
  });
});
