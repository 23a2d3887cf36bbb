import type { APIRequestContext, APIResponse, Page, Request } from "@playwright/test";
import { prisma } from "../lib/database/database.ts";
import { paths } from "../lib/paths.ts";
import { expect, manifestOf, test, type TestAgent } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";

/** The approval of a change as the browser would send it, caught before it leaves. */
async function catchApproval(page: Page, agent: TestAgent): Promise<{ changeId: string; sent: Request }> {
  const { change } = await agent.register(manifestOf({ label: "1.1", prompt: `${manifestOf().prompt as string}\nBe brief.` }));
  const changeId = change?.id ?? "";
  await page.goto(paths.change(changeId));
  const caught = page.waitForRequest((request) => request.method() === "POST" && request.headers()["next-action"] !== undefined);
  await page.route(`**${paths.change(changeId)}`, (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
  await page.getByRole("button", { name: /^Approve [0-9a-f]{4} / }).click();
  return { changeId, sent: await caught };
}

function replay(request: APIRequestContext, sent: Request, changes: Record<string, string | null>): Promise<APIResponse> {
  const { cookie: _cookie, origin: _origin, "content-length": _length, host: _host, ...kept } = sent.headers();
  const origin = { origin: new URL(sent.url()).origin, ...changes };
  const headers = Object.fromEntries(Object.entries({ ...kept, ...origin }).filter((entry): entry is [string, string] => entry[1] !== null));
  return request.fetch(sent.url(), { method: "POST", headers, data: sent.postDataBuffer() ?? Buffer.alloc(0), maxRedirects: 0 });
}

const approvalsOf = (changeId: string): Promise<number> => prisma().review.count({ where: { changeId } });
const cookieOf = async (page: Page): Promise<string> => (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");

test("a server action without a session changes nothing", ONE_WIDTH, async ({ makeAgent, openAs, request }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.model_steward, paths.inbox());
  const { changeId, sent } = await catchApproval(page, agent);
  const response = await replay(request, sent, {});
  expect(await response.text()).not.toContain("Your approval is recorded");
  expect(await approvalsOf(changeId)).toBe(0);
});

for (const [what, origin] of [["a foreign origin", "https://evil.example"], ["no origin at all", null], ["an origin that cannot be read", "null"]] as const) {
  test(`a server action from ${what} changes nothing, although the session is good`, ONE_WIDTH, async ({ makeAgent, openAs, request }) => {
    const agent = await makeAgent();
    const page = await openAs(agent.team.model_steward, paths.inbox());
    const { changeId, sent } = await catchApproval(page, agent);
    const cookie = await cookieOf(page);
    const response = await replay(request, sent, { cookie, origin });
    expect(await response.text()).not.toContain("Your approval is recorded");
    expect(await approvalsOf(changeId)).toBe(0);
    // The same request as the page sends it does count: what was refused above was the origin and nothing else.
    await replay(request, sent, { cookie });
    expect(await approvalsOf(changeId)).toBe(1);
  });
}

test("an action's permission is asked again: a viewer who replays an owner's request is refused", ONE_WIDTH, async ({ makeAgent, makePerson, openAs, request }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.model_steward, paths.inbox());
  const { changeId, sent } = await catchApproval(page, agent);
  const viewer = await openAs(await makePerson("Vera Viewer"), paths.inbox());
  const response = await replay(request, sent, { cookie: await cookieOf(viewer) });
  expect(await response.text()).toMatch(/Only .*may approve changes/);
  expect(await approvalsOf(changeId)).toBe(0);
});

test("what open pages ask for is refused to strangers", ONE_WIDTH, async ({ makeAgent, openAs, request }) => {
  const agent = await makeAgent();
  const page = await openAs(agent.team.business_owner, paths.inbox());
  const { change } = await agent.register(manifestOf({ label: "1.1", prompt: `${manifestOf().prompt as string}\nBe brief.` }));
  const addresses = ["/api/console/shell", "/api/console/inbox", "/api/console/log/export", `/api/console/agents/${agent.id}`, `/api/console/changes/${change?.id}`, `/api/console/items/${change?.id}/preview`];
  for (const address of addresses) {
    expect((await request.get(address)).status(), address).toBe(401);
    expect((await page.request.get(address)).ok(), address).toBe(true);
  }
});
