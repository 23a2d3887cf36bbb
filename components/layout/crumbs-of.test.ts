import { expect, it } from "vitest";
import { crumbsOf } from "./crumbs-of.ts";

it.each([
  ["/inbox", ["Inbox"]],
  ["/agents/refund-bot", ["Agents", "refund-bot"]],
  ["/agents/refund-bot/versions/3", ["Agents", "refund-bot", "Versions", "3"]],
  ["/agents/new", ["Agents", "New"]],
  ["/settings/review-policy", ["Settings", "Re-review policy"]],
  ["/agents/r%C3%BCck", ["Agents", "rück"]],
  ["/agents/100%", ["Agents", "100%"]],
])("%s", (pathname, labels) => {
  expect(crumbsOf(pathname).map((crumb) => crumb.label)).toEqual(labels);
});

it("links each step to its own page", () => {
  expect(crumbsOf("/agents/a/versions").map((crumb) => crumb.href)).toEqual(["/agents", "/agents/a", "/agents/a/versions"]);
});
