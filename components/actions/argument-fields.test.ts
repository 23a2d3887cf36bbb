import fc from "fast-check";
import { expect, test } from "vitest";
import { argumentFields, readArguments, type ArgumentField } from "./argument-fields.ts";

const edited = (input: Record<string, unknown>, name: string, text: string) => readArguments(argumentFields(input).map((field): ArgumentField => (field.name === name ? { ...field, text } : field)));

test("a field keeps its kind", () => {
  const input = { order: "5512", amount: 120, express: false, lines: [{ sku: "a" }] };
  expect(edited(input, "amount", "80.5")).toEqual({ ok: true, input: { ...input, amount: 80.5 } });
  expect(edited(input, "order", "42")).toEqual({ ok: true, input: { ...input, order: "42" } });
  expect(edited(input, "express", "true")).toEqual({ ok: true, input: { ...input, express: true } });
  for (const text of ["", "12,5", "NaN", "Infinity", '"80"', "1e999x", "null"]) expect(edited(input, "amount", text)).toEqual({ ok: false, errors: { amount: "A number." } });
  for (const [name, text] of [["amount", "12345678901234567891"], ["lines", "[0.10000000000000001]"]] as const) expect(edited(input, name, text)).toEqual({ ok: false, errors: { [name]: "A number has more digits than can be kept exactly." } });
  expect(edited(input, "lines", "[")).toEqual({ ok: false, errors: { lines: "This is not JSON." } });
  expect(edited(input, "lines", "null")).toEqual({ ok: true, input: { ...input, lines: null } });
});

test("always: untouched arguments come back as they were", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (dictionary) => {
    const input = JSON.parse(JSON.stringify(dictionary)) as Record<string, unknown>;
    expect(readArguments(argumentFields(input))).toEqual({ ok: true, input });
  }));
});
