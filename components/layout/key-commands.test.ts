import fc from "fast-check";
import { expect, it } from "vitest";
import { chooseKey, KEY_COMMANDS, type KeyCommand, type PressedKey } from "./key-commands.ts";
import { bindingOf, keyOf, keyWords, type ChosenKeys } from "./key-of.ts";

const alone = (key: string): PressedKey => ({ key, code: "", shiftKey: false, ctrlKey: false, metaKey: false, altKey: false });
/** The full stop with Shift, on a keyboard where that writes this sign. */
const shiftedStop = (key: string): PressedKey => ({ ...alone(key), code: "Period", shiftKey: true });
const commandOf = (id: string): KeyCommand => KEY_COMMANDS.find((command) => command.id === id) ?? { id, does: "Nothing" };

it.each([["j", "j"], ["J", "Shift+J"], ["7", "7"], ["?", "[Shift]+?"], ["[", "[Shift]+["], ["ß", "[Shift]+ß"], ["Shift+.", "Shift+Period"], ["$mod+.", "$mod+."], ["Alt+s", "Alt+s"]])("the binding of %s is %s", (key, binding) => {
  expect(bindingOf(key)).toBe(binding);
});

it.each([["$mod+.", "Ctrl ."], ["$mod+s", "Ctrl S"], ["Alt+s", "Alt S"], ["Shift+.", "Shift ."], ["j", "j"]])("%s is written %s", (key, words) => {
  expect(keyWords(key)).toBe(words);
});

it.each<[string, PressedKey, object]>([
  ["j", alone("z"), { key: "z" }],
  ["j", alone("j"), { key: "j" }],
  ["j", alone("k"), { refusal: "k is taken: Previous row." }],
  ["j", alone("Enter"), { refusal: "A letter, a digit or a sign." }],
  ["j", alone(" "), { refusal: "A letter, a digit or a sign." }],
  ["j", { ...alone("z"), ctrlKey: true }, { refusal: "Without Ctrl and Alt." }],
  ["j", shiftedStop(">"), { refusal: "Shift . is taken: Pause or resume updates." }],
  ["Shift+.", shiftedStop(":"), { key: "Shift+." }],
  ["/", shiftedStop("/"), { key: "/" }],
  ["j", shiftedStop("/"), { refusal: "/ is taken: Search." }],
  ["$mod+.", alone("s"), { refusal: "Together with Ctrl or Alt: it works while somebody writes." }],
  ["$mod+.", { ...alone("S"), altKey: true }, { key: "Alt+s" }],
  ["$mod+.", { ...alone("s"), metaKey: true }, { key: "$mod+s" }],
  ["$mod+.", { ...alone("w"), ctrlKey: true }, { refusal: "Ctrl W is taken." }],
  ["$mod+.", { ...alone("k"), ctrlKey: true }, { refusal: "Ctrl K is taken." }],
])("%s by %j: %j", (id, pressed, choice) => {
  expect(chooseKey(commandOf(id), pressed, {})).toEqual(choice);
});

it("never gives one press to two commands, whatever is pressed for which", () => {
  // On one keyboard this sign is always that place.
  const shifted = fc.constantFrom(">", ":", "…");
  const press = fc.record({ id: fc.constantFrom(...KEY_COMMANDS.map(({ id }) => id)), key: fc.option(fc.string({ minLength: 1, maxLength: 1 }), { nil: null }), ctrlKey: fc.boolean(), metaKey: fc.boolean(), altKey: fc.boolean() });
  fc.assert(fc.property(shifted, fc.array(press, { maxLength: 40 }), (sign, presses) => {
    let chosen: ChosenKeys = {};
    for (const { id, key, ...modifiers } of presses) {
      const choice = chooseKey(commandOf(id), { ...(key === null || key === sign ? shiftedStop(sign) : alone(key)), ...modifiers }, chosen);
      if ("key" in choice) chosen = { ...chosen, [id]: choice.key };
    }
    const keys = KEY_COMMANDS.map(({ id }) => keyOf(id, chosen)).map((key) => (key === sign ? "Shift+." : key));
    expect(new Set(keys).size).toBe(keys.length);
  }));
});
