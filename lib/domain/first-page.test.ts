import { expect, test } from "vitest";
import { firstPageOf } from "./first-page.ts";
import type { PersonActor } from "./roles.ts";

test.each<[string, Pick<PersonActor, "roles" | "owns">, string]>([
  ["an operator", { roles: ["operator"], owns: {} }, "now"],
  ["nobody yet", { roles: [], owns: {} }, "now"],
  ["a business owner", { roles: ["viewer"], owns: { "refund-bot": ["business_owner"] } }, "portfolio"],
  ["a business owner on call", { roles: ["on_call"], owns: { "refund-bot": ["business_owner"] } }, "now"],
  ["who also owns the technique of another", { roles: [], owns: { a: ["business_owner"], b: ["technical_owner"] } }, "now"],
])("%s", (_name, actor, page) => expect(firstPageOf(actor)).toBe(page));
