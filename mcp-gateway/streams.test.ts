import fc from "fast-check";
import { expect, test } from "vitest";
import { dataOf, EventFrames, frameOf, withData } from "./event-frames.ts";
import { JsonLines, LineTooLong } from "./json-lines.ts";

/** The same bytes in pieces of any size, also through the middle of a letter. */
const inPieces = (text: string, sizes: readonly number[]): Buffer[] => {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let from = 0, at = 0; from < bytes.length; at++) {
    const size = sizes[at % sizes.length] ?? 1;
    pieces.push(bytes.subarray(from, from + size));
    from += size;
  }
  return pieces;
};
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });

test("lines come out whole, however they come in", () => {
  fc.assert(fc.property(fc.array(fc.jsonValue({ stringUnit: "binary" })), sizes, (values, pieces) => {
    const lines = new JsonLines();
    const heard = inPieces(values.map((value) => `${JSON.stringify(value)}\n\r\n`).join(""), pieces).flatMap((piece) => [...lines.feed(piece)]);
    expect(heard).toEqual(values.map((value) => JSON.stringify(value)));
  }));
});

test("a line without an end is not kept for ever", () => {
  const lines = new JsonLines(100);
  expect([...lines.feed(Buffer.from("x".repeat(100)))]).toEqual([]);
  expect(() => [...lines.feed(Buffer.from("x"))]).toThrow(LineTooLong);
});

test("events come out whole, and keep their id when their message is another", () => {
  fc.assert(fc.property(fc.array(fc.jsonValue({ stringUnit: "grapheme" })), sizes, fc.constantFrom("\n", "\r\n"), (values, pieces, end) => {
    const text = values.map((value, index) => `id: ${index}${end}data: ${JSON.stringify(value)}${end}${end}`).join("");
    const frames = new EventFrames();
    const heard = inPieces(text, pieces).flatMap((piece) => [...frames.feed(piece)]);
    expect(heard.join("")).toBe(text);
    expect(heard.map(dataOf)).toEqual(values.map((value) => JSON.stringify(value)));
  }));
  expect(withData("event: message\nid: 7\ndata: 1\n\n", "2")).toBe("event: message\nid: 7\ndata: 2\n\n");
  expect(dataOf(frameOf("{}"))).toBe("{}");
});
