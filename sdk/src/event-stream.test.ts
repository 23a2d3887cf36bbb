import fc from "fast-check";
import { expect, test } from "vitest";
import { EventStreamReader, type StreamEvent } from "./event-stream.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function readAll(chunks: readonly Uint8Array[]): StreamEvent[] {
  const reader = new EventStreamReader();
  return chunks.flatMap((chunk) => reader.push(chunk));
}

test.each([
  ["one event", "event: ping\ndata: {}\n\n", [{ event: "ping", data: "{}" }]],
  ["without a name", "data: a\n\n", [{ event: "message", data: "a" }]],
  ["several lines of data", "data: a\ndata: b\n\n", [{ event: "message", data: "a\nb" }]],
  ["without a space", "event:bye\ndata:x\n\n", [{ event: "bye", data: "x" }]],
  ["only the first space is left out", "data:  x\n\n", [{ event: "message", data: " x" }]],
  ["comments and unknown fields", ": hello\nretry: 5\nid: 7\ndata: x\n: more\n\n", [{ event: "message", data: "x" }]],
  ["no data is no event", "event: ping\n\ndata: x\n\n", [{ event: "message", data: "x" }]],
  ["a field without a colon is empty", "data\n\n", [{ event: "message", data: "" }]],
  ["what is not ended is no event", "data: x\n", []],
  ["a mark of the byte order", "\uFEFFdata: x\n\n", [{ event: "message", data: "x" }]],
])("%s", (_, text, events) => {
  expect(readAll([bytes(text)])).toEqual(events);
});

test("however the bytes are cut and the lines end, the same events come", () => {
  const line = fc.stringMatching(/^[a-zäöü€😀 :]{0,12}$/u);
  const event = fc.record({ event: fc.constantFrom("ping", "bundle"), data: fc.array(line, { minLength: 1, maxLength: 3 }) });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 5 }), fc.constantFrom("\n", "\r\n", "\r"), fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (events, end, sizes) => {
      const all = bytes(events.map((each) => `: c${end}event: ${each.event}${end}${each.data.map((data) => `data: ${data}${end}`).join("")}${end}`).join(""));
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < all.length; ) {
        const size = sizes.next().value ?? 1;
        chunks.push(all.subarray(at, at + size));
        at += size;
      }
      expect(readAll(chunks)).toEqual(events.map(({ event: name, data }) => ({ event: name, data: data.join("\n") })));
    }),
  );
});

test("a line without an end is refused before it fills the memory", () => {
  const reader = new EventStreamReader();
  const chunk = new Uint8Array(1024 * 1024).fill(97);
  expect(() => Array.from({ length: 10 }, () => reader.push(chunk))).toThrow("without an end");
});
