"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { formatClock } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { useLive } from "./live-provider.tsx";

/** The one place that says so. In a window of its own somebody signs in again without losing what is typed here; this page goes on by itself then. */
export function SignedOutNotice() {
  const { status, asOfMs } = useLive();
  const search = useSearchParams().toString();
  const address = `${usePathname()}${search === "" ? "" : `?${search}`}`;
  return (
    <div role="alert" className="signed-out-box">
      {status === "signed_out" && (
        <p className="signed-out">
          <b>Signed out.</b> What is shown is from {formatClock(new Date(asOfMs))} UTC and may have changed. What you typed is still here.{" "}
          <a href={paths.signIn(address)} target="_blank" rel="noopener">Sign in again, in a new tab</a>
        </p>
      )}
    </div>
  );
}
