import { consoleRoute } from "@/lib/console-route.ts";
import { readLogFilter, type LogFilter } from "@/lib/domain/log-filter.ts";
import { readLog, type LogRow } from "@/lib/queries/log.ts";

/**
 * One JSON object a line. `body` is the canonical text as it was hashed, so that anybody can recompute `hash` without Holdpoint:
 * SHA-256 over a zero byte and the text's UTF-8 bytes.
 */
export const GET = consoleRoute("log:read", async ({ search, now }) =>
  new Response(streamOf(linesOf(readLogFilter(Object.fromEntries(search)))), {
    headers: {
      "content-type": "application/x-ndjson; charset=utf-8",
      "content-disposition": `attachment; filename="holdpoint-log-${now.toISOString().slice(0, 10)}.ndjson"`,
      "cache-control": "no-store",
    },
  }),
);

/** Reads on only as fast as the browser takes it, and stops when the browser has gone. */
function streamOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}

async function* linesOf(filter: LogFilter): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const batch of readLog(filter)) yield encoder.encode(batch.map(lineOf).join(""));
}

const lineOf = ({ index, hash, body }: LogRow): string => `${JSON.stringify({ index, hash, body })}\n`;
