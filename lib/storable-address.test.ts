import { expect, test } from "vitest";
import { storableAddress } from "./storable-address.ts";

const decoded = (url: string): string => decodeURIComponent(storableAddress(url));

test("no address that is let through decodes to a NUL, however it is put together", () => {
  for (const url of ["/settings/people?q=%00", "/runs/%00", "/a?b=%00%00", "/a?b=%%0000".replace("%%", "%"), "/%2500"]) expect(decoded(url)).not.toContain("\0");
});

test("any other address stays as it is", () => {
  for (const url of ["/agents/refund-bot?tab=runs", "/runs?q=100%25%200", "/"]) expect(storableAddress(url)).toBe(url);
});
