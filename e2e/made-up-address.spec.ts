import { paths } from "../lib/paths.ts";
import { expect, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";

test("an address that holds what no text can hold finds nothing, and fails at nothing", ONE_WIDTH, async ({ makeAgent, makePerson, openAs }) => {
  const agent = await makeAgent({ isBare: true });
  const page = await openAs(await makePerson("Ada Administrator", ["administrator"]), paths.settings());
  const lists = ["/agents?q=", "/changes?author=", "/rollouts?agent=", "/actions?tool=", "/risk?q=", "/runs?agent=", "/log?subject=", "/stops?agent=", "/settings/people?q=", "/settings/people?after=", "/settings/keys?after=", "/stop?agent="];
  for (const path of lists) {
    const answer = await page.request.get(`${path}%00`);
    expect([path, answer.status(), (await answer.text()).includes("could not")]).toEqual([path, 200, false]);
  }
  for (const path of ["/runs/", "/agents/", "/changes/", "/api/console/runs/%00/pulse?x="]) {
    const answer = await page.request.get(`${path}%00`);
    expect([200, 404], path).toContain(answer.status());
    expect(await answer.text(), path).not.toContain("could not");
  }
  const asked = await fetch(`${process.env.E2E_URL}/v1/agents/%00/authority`, { headers: { authorization: `Bearer ${await agent.key()}` } });
  expect([403, 404]).toContain(asked.status);
});
