import { redirect } from "next/navigation";
import { findSignedIn } from "@/lib/auth/session.ts";
import { paths } from "@/lib/paths.ts";
import { hasAnybody } from "@/lib/queries/people.ts";

export const dynamic = "force-dynamic";

export default async function HomePage() {
  if (!(await hasAnybody())) redirect(paths.firstRun() as never);
  redirect(((await findSignedIn()) ? paths.home() : paths.signIn()) as never);
}
