import { expect, test } from "vitest";
import { peerAddressOf } from "./peer-address.ts";

const from = (forwardedFor: string | string[] | undefined, trustedProxies: number) => peerAddressOf({ socketAddress: "10.0.0.1", forwardedFor }, trustedProxies);

test.each([
  ["nobody is trusted unless it is said", "1.2.3.4", 0, "10.0.0.1"], ["behind one proxy its word counts", "1.2.3.4", 1, "1.2.3.4"], ["what a client wrote before it does not", "6.6.6.6, 1.2.3.4", 1, "1.2.3.4"],
  ["behind two the outer one's", "6.6.6.6, 1.2.3.4, 10.0.0.9", 2, "1.2.3.4"], ["over several headers", ["6.6.6.6", "1.2.3.4"], 1, "1.2.3.4"],
  ["who came round the proxies is the connection", "1.2.3.4", 2, "10.0.0.1"], ["also without the header", undefined, 1, "10.0.0.1"], ["and with an empty one", "", 1, "10.0.0.1"],
] as const)("%s", (_, forwardedFor, trusted, address) => {
  expect(from(typeof forwardedFor === "object" ? [...forwardedFor] : forwardedFor, trusted)).toBe(address);
});

test("without a connection nothing is known", () => {
  expect(peerAddressOf({ socketAddress: undefined, forwardedFor: undefined }, 1)).toBe("unknown");
});
