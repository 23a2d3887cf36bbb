import { expect, test } from "vitest";
import { stopHrefOf } from "./stop-href.ts";

test.each([
  ["/inbox", "/stop"], ["/agents", "/stop"], ["/agents/new", "/stop"], ["/settings/people", "/stop"], ["/stops", "/stop"], ["/runs", "/stop"], ["/actions", "/stop"], ["/actions/undos", "/stop"], ["/actions/quality", "/stop"], ["/changes/quality", "/stop"], ["/rollouts", "/stop"],
  ["/agents/refund-bot", "/stop?scope=agent%3Arefund-bot"], ["/agents/refund-bot/versions/3", "/stop?scope=agent%3Arefund-bot"], ["/risk/refund-bot", "/stop?scope=agent%3Arefund-bot"],
  ["/runs/ru_1", "/stop?about=run%3Aru_1"], ["/changes/ch_1", "/stop?about=change%3Ach_1"], ["/inbox/findings/fi_1", "/stop?about=finding%3Afi_1"],
  ["/actions/ac_1", "/stop?about=action%3Aac_1"], ["/actions/undos/un_1", "/stop?about=reversal%3Aun_1"], ["/rollouts/ro_1", "/stop?about=rollout%3Aro_1"],
  ["/agents/a%26b%3D%22", "/stop?scope=agent%3Aa%26b%3D%22"], ["/agents/100%", "/stop?scope=agent%3A100%25"],
])("on %s the control leads to %s", (pathname, href) => {
  expect(stopHrefOf(pathname)).toBe(href);
});
