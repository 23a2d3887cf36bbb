import type { Metadata } from "next";
import { KeyTable } from "@/components/settings/key-table.tsx";
import { KeysSwitch } from "@/components/settings/keys-switch.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { paths } from "@/lib/paths.ts";

export const metadata: Metadata = { title: "Keyboard" };

export default async function KeyboardPage() {
  await requireSignedIn(paths.settingsKeyboard());
  return (
    <>
      <PageHead title="Keyboard" lead="Kept on this device. No key fires while somebody writes, but for the one that stops." />
      <div className="stack">
        <Card><CardBody><KeysSwitch /></CardBody></Card>
        <Card title="Keys" meta="press Change, then the new key"><KeyTable /></Card>
      </div>
    </>
  );
}
