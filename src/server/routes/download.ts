/**
 * An answer that is written as it is read, part by part, at the pace of its reader. Its first part is made before the
 * status goes out, so that what fails at once is an ordinary refusal; what fails later cuts the connection.
 */
export async function download(
  parts: AsyncGenerator<string | Uint8Array>,
  { contentType, name, onError }: { contentType: string; name: string; onError: (error: unknown) => void },
): Promise<Response> {
  const encoder = new TextEncoder();
  let next: Promise<IteratorResult<string | Uint8Array>> | null = Promise.resolve(await parts.next());
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await (next ?? parts.next());
        next = null;
        if (done) controller.close();
        else controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
      } catch (error) {
        onError(error);
        controller.error(error);
      }
    },
    cancel: async () => void (await parts.return(undefined)),
  });
  return new Response(body, {
    headers: {
      "content-type": contentType,
      "content-disposition": `attachment; filename="${name}"`,
    },
  });
}
