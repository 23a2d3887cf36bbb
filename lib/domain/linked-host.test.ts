import { expect, test } from "vitest";
import { linkedHost } from "./linked-host.ts";

test.each([
  ["https://ci.example.test/runs/12", "ci.example.test"], ["https://ci.example.test:8443/", "ci.example.test:8443"],
  ["https://ci.example.test@elsewhere.test/runs/12", "elsewhere.test"], ["https://ci.exаmple.test/", "ci.xn--exmple-4nf.test"],
  ["http://ci.example.test/runs/12", null], ["javascript:alert(1)//https://ci.example.test", null], ["data:text/html,x", null], ["run 12", null], ["", null],
])("%j leads to %j", (address, host) => expect(linkedHost(address)).toBe(host));
