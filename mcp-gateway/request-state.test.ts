import fc from "fast-check";
import { expect, test } from "vitest";
import { RequestStates } from "./request-state.ts";

const states = new RequestStates();
const state = { conversationId: "c", toolCallId: "1 x", digest: "sha256:aa", user: "u_1", segment: null, principal: "p", nonce: "n", approvalId: "ac_1", permitted: null };
const sealed = states.seal(state, 0);

test("what was sealed is read again", () => {
  expect(states.open(sealed, state, 1)).toMatchObject(state);
});

test.each([
  ["after an hour", states, state, 3_600_000],
  ["for another call", states, { ...state, digest: "sha256:bb" }, 1],
  ["from another client", states, { ...state, principal: "q" }, 1],
  ["by another process", new RequestStates(), state, 1],
])("%s it is not taken", (_, reader, of, nowMs) => expect(reader.open(sealed, of, nowMs)).toBeNull());

test("no other text is taken for it", () => {
  fc.assert(fc.property(fc.nat(sealed.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, letter) => {
    const changed = sealed.slice(0, at) + letter + sealed.slice(at + 1);
    fc.pre(changed !== sealed && states.isOurs(changed));
    const opened = states.open(changed, state, 1);
    // The last letter of a signature carries bits that count for nothing.
    if (opened !== null) expect(opened).toMatchObject(state);
  }));
  fc.assert(fc.property(fc.string(), (text) => {
    expect(states.open(`hp1.${text}`, state, 1)).toBeNull();
  }));
});
