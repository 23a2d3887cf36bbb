"use client";

import { usePathname } from "next/navigation";
import { Tabs } from "@/components/ui/tabs.tsx";
import { SETTINGS_PAGES } from "@/lib/settings-pages.ts";

export function SettingsTabs() {
  const pathname = usePathname();
  const current = SETTINGS_PAGES.findLast((page) => pathname === page.href || pathname.startsWith(`${page.href}/`));
  return <Tabs label="Settings" isPage tabs={SETTINGS_PAGES.map((page) => ({ href: page.href, label: page.label, isCurrent: page === current }))} />;
}
