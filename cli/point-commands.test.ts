import { expect, test, vi } from "vitest";
import { prisma } from "../lib/database/database.ts";
import { PROBE_AGENT_ID } from "../lib/domain/bundle.ts";
import { useDatabase } from "../lib/testing/use-database.ts";
import { Misuse } from "./command.ts";
import { points } from "./point-commands.ts";

useDatabase();

const ago = (ms: number) => new Date(Date.now() - ms);
async function said(...words: string[]): Promise<string> {
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => written.push(String(chunk)) > 0);
  try {
    await (await points(words))();
  } finally {
    spy.mockRestore();
  }
  return written.join("");
}
const DAY = 24 * 3_600_000;

const fill = async () => {
  const point = { agentId: "refund-bot", kind: "sdk", epoch: 12n, epochConfirmedAt: ago(500), firstHeardAt: ago(2 * DAY), lastHeardAt: ago(500), leaseUntil: ago(-60_000) };
  await prisma().enforcementPoint.createMany({
    data: [
      { ...point, id: "po_1", name: "worker\u001b[31m-1" },
      { ...point, id: "po_2", name: "worker-2", lastHeardAt: ago(70_000), leaseUntil: ago(60_000) },
      { ...point, id: "po_3", name: "worker-3", leftAt: ago(500), leaseUntil: ago(500) },
      { ...point, id: "po_4", name: "worker-4", epoch: null, fault: "It applies a bundle that Holdpoint did not sign.", leaseUntil: ago(500) },
      { ...point, id: "po_5", name: "worker-5", lastHeardAt: ago(2 * DAY), leaseUntil: ago(2 * DAY) },
      { ...point, id: "po_6", agentId: PROBE_AGENT_ID, kind: "probe", name: "probe host:1" },
    ],
  });
};

test("says so when there is none", async () => {
  expect(await said()).toBe("No enforcement point is connected.\n");
});

test("tells who may decide, and who should and cannot", async () => {
  await fill();
  const lines = (await said()).trimEnd().split("\n");
  expect(lines).toEqual([
    "1 point of 1 agent connected.",
    expect.stringMatching(/^refund-bot {2}worker \[31m-1 \(sdk\): epoch 12, heard just now, lease until .* UTC$/),
    expect.stringMatching(/^refund-bot {2}worker-2 \(sdk\): epoch 12, heard 1 min ago, closed by itself: its lease ended .* UTC$/),
    "refund-bot  worker-4 (sdk): no bundle confirmed, heard just now, not to be believed: It applies a bundle that Holdpoint did not sign.",
  ]);
});

test("tells of those who left when asked for all, and everything to code", async () => {
  expect(await said("--all")).toContain("worker-3 (sdk): epoch 12, heard just now, said goodbye");
  expect((JSON.parse(await said("--all", "--json")) as { standing: string }[]).map(({ standing }) => standing)).toEqual(["open", "closed", "left", "fault"]);
});

test("a lease is judged by PostgreSQL's clock, where this host's own is ahead", async () => {
  await prisma().enforcementPoint.update({ where: { id: "po_1" }, data: { leaseUntil: ago(-10_000) } });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 30_000 });
  try {
    expect(await said()).toMatch(/^1 point of 1 agent connected\./);
  } finally {
    vi.useRealTimers();
  }
});

test("a wrong word is found before anything is touched", () => {
  expect(() => points(["--agent", "x"])).toThrow(Misuse);
});
