import { deflateSync } from "node:zlib";

interface Options {
  /** What stands on each page, as a PDF draws it, in place of small lines of text. */
  readonly draw?: (text: string) => string;
  /** The streams of the pages are deflated. */
  readonly deflated?: boolean;
  /** It wants a password that nobody has. */
  readonly encrypted?: boolean;
}

/** Small, in lines: what would stand beside the page is nobody's to read. */
const lines = (text: string): string => {
  const each = text.match(/.{1,100}/g) ?? [];
  return `BT /F1 6 Tf 6 TL 40 780 Td ${each.map((words) => `(${words}) Tj T*`).join(" ")} ET`;
};

/** A PDF with a title and text on each page. */
export function pdfOf(
  title: string,
  pages: readonly string[],
  { draw = lines, deflated = false, encrypted = false }: Options = {},
): Uint8Array {
  const streamOf = (drawn: string): string => {
    const bytes = deflated ? deflateSync(drawn).toString("latin1") : drawn;
    return `<< /Length ${bytes.length}${deflated ? " /Filter /FlateDecode" : ""} >>\nstream\n${bytes}\nendstream`;
  };
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${pages.map((_, at) => `${5 + at * 2} 0 R`).join(" ")}] /Count ${pages.length} >>`,
    `<< /Title (${title}) >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...pages.flatMap((text, at) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${6 + at * 2} 0 R /Resources << /Font << /F1 4 0 R >> >> >>`,
      streamOf(draw(text)),
    ]),
  ];
  let file = "%PDF-1.7\n";
  const places = objects.map((object, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}`;
  const none = "00".repeat(32);
  const key = encrypted
    ? ` /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <${none}> /U <${none}> >> /ID [<00> <00>]`
    : "";
  const end = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 3 0 R${key} >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(file + table + end, "latin1");
}
