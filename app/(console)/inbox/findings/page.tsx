import { redirect } from "next/navigation";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { paths } from "@/lib/paths.ts";

/** The step above a finding is the inbox's own tab. */
export default async function FindingsPage() {
  await requireSignedIn(paths.inbox({ tab: "findings" }));
  redirect(paths.inbox({ tab: "findings" }) as never);
}
