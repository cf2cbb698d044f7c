import { crc32, deflateSync } from "node:zlib";

/** Files as people send them. */

/** A form with one file, as a browser sends it. */
export function form(name: string, bytes: string | Uint8Array): FormData {
  const data = new FormData();
  data.set("file", new Blob([typeof bytes === "string" ? bytes : new Uint8Array(bytes)]), name);
  return data;
}

/** A picture that can be decoded: one grey. `claimed`: what its header says instead. */
export function png(width: number, height: number, claimed: readonly [number, number] = [width, height]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(claimed[0], 0);
  header.writeUInt32BE(claimed[1], 4);
  // Eight bits of grey, no interlacing.
  header.set([8, 0, 0, 0, 0], 8);
  const pixels = deflateSync(
    Buffer.alloc((width + 1) * height, 0x80).map((grey, at) => (at % (width + 1) === 0 ? 0 : grey)),
  );
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

export const GIF = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

/** The beginning of one, with a segment before its frame. */
export const JPEG = Buffer.from(
  "ffd8ffe000104a46494600010100000100010000ffdb0004ff00ffc0000b080001000101011100ffda0008010100003f00d2cf20ffd9",
  "hex",
);

/** Of the extended kind: only its header. */
export function webp(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(30);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(22, 4);
  bytes.write("WEBPVP8X", 8, "latin1");
  bytes.writeUInt32LE(10, 16);
  bytes.writeUIntLE(width - 1, 24, 3);
  bytes.writeUIntLE(height - 1, 27, 3);
  return bytes;
}
