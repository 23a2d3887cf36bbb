import { expect, test, vi } from "vitest";
import { inGroups } from "./in-groups.ts";

interface Work {
  group: readonly string[];
  finish: (answers: readonly string[]) => void;
  fail: (error: Error) => void;
}

/** A request weighs as much as its text is long; the test ends each group's work itself. */
function grouping({ atOnce = 1, worthwhile = 1, most = 100, ...more }: { atOnce?: number; worthwhile?: number; most?: number; gathersTurn?: true } = {}) {
  const works: Work[] = [];
  const ask = inGroups<string, string>({
    atOnce, worthwhile, most, ...more, weigh: (request) => request.length,
    work: (group) => new Promise((finish, fail) => works.push({ group, finish, fail })),
    isOfAll: (error) => error instanceof RangeError,
  });
  const next = async (): Promise<Work> => {
    await vi.waitFor(() => expect(works).not.toHaveLength(0));
    return works.shift()!;
  };
  return { works, ask, next, groups: () => works.map(({ group }) => group) };
}

const upper = ({ group, finish }: Work) => finish(group.map((request) => request.toUpperCase()));

test("alone nobody waits; those who come meanwhile share, and each gets its own answer", async () => {
  const { ask, next, groups } = grouping();
  const answers = ["a", "b", "c"].map(ask);
  expect(groups()).toEqual([["a"]]);
  upper(await next());
  const shared = await next();
  expect(shared.group).toEqual(["b", "c"]);
  upper(shared);
  expect(await Promise.all(answers)).toEqual(["A", "B", "C"]);
});

test("whoever waited is at work before those of the group before are told", async () => {
  const { ask, next, groups } = grouping();
  const first = ask("a");
  const second = ask("b");
  const begun = first.then(groups);
  upper(await next());
  expect(await begun).toEqual([["b"]]);
  upper(await next());
  expect(await second).toBe("B");
});

test("where a turn is gathered, those who come in the same one begin together, and one alone does not wait", async () => {
  const { ask, next } = grouping({ gathersTurn: true });
  const answers = ["a", "b", "c"].map(ask);
  const shared = await next();
  expect(shared.group).toEqual(["a", "b", "c"]);
  upper(shared);
  expect(await Promise.all(answers)).toEqual(["A", "B", "C"]);
  const alone = ask("d");
  upper(await next());
  expect(await alone).toBe("D");
});

test("a group is not heavier than allowed, but for a request that is so by itself", async () => {
  const { ask, next } = grouping({ most: 4 });
  const answers = ["a", "bb", "cc", "dddddd", "e"].map(ask);
  const seen = [];
  for (let group = 0; group < 4; group++) {
    const work = await next();
    seen.push(work.group);
    upper(work);
  }
  expect(seen).toEqual([["a"], ["bb", "cc"], ["dddddd"], ["e"]]);
  expect(await Promise.all(answers)).toEqual(["A", "BB", "CC", "DDDDDD", "E"]);
});

test("a second group begins at once when it is worthwhile, and after a while in any case", async () => {
  const { ask, next, works, groups } = grouping({ atOnce: 2, worthwhile: 3 });
  const answers = [ask("first"), ask("a"), ask("b")];
  expect(groups()).toEqual([["first"]]);
  answers.push(ask("c"));
  expect(groups()).toEqual([["first"], ["a", "b", "c"]]);
  upper(works.pop()!);
  await answers[3];
  const late = ask("d");
  expect(groups()).toEqual([["first"]]);
  await vi.waitFor(() => expect(groups()).toEqual([["first"], ["d"]]));
  upper(works.pop()!);
  upper(await next());
  expect(await Promise.all([...answers, late])).toEqual(["FIRST", "A", "B", "C", "D"]);
});

test("one that fails is found by trying each alone, and only it fails", async () => {
  const { ask, next } = grouping();
  const answers = ["a", "good", "bad", "fine"].map(ask);
  const settled = Promise.allSettled(answers);
  upper(await next());
  (await next()).fail(new Error("something in it is wrong"));
  for (const request of ["good", "bad", "fine"]) {
    const work = await next();
    expect(work.group).toEqual([request]);
    if (request === "bad") work.fail(new Error("this one"));
    else upper(work);
    // Told as it ends, not with the last of them.
    if (request === "good") expect(await answers[1]).toBe("GOOD");
  }
  expect((await settled).map((one) => (one.status === "fulfilled" ? one.value : (one.reason as Error).message))).toEqual(["A", "GOOD", "this one", "FINE"]);
});

test("what would meet each of them is told to all without another attempt, and the next group goes on", async () => {
  const { ask, next, works } = grouping();
  const settled = Promise.allSettled(["a", "b", "c"].map(ask));
  upper(await next());
  (await next()).fail(new RangeError("the database is away"));
  expect((await settled).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(works).toEqual([]);
  const later = ask("d");
  upper(await next());
  expect(await later).toBe("D");
});
