"use client";

import { usePathname } from "next/navigation";
import { Tabs } from "@/components/ui/tabs.tsx";
import { paths } from "@/lib/paths.ts";

const PAGES = [
  { href: paths.settings(), label: "Overview" },
  { href: paths.settingsMe(), label: "Me" },
  { href: paths.settingsKeyboard(), label: "Keyboard" },
  { href: paths.settingsPeople(), label: "People" },
  { href: paths.settingsKeys(), label: "Keys" },
  { href: paths.settingsPrices(), label: "Prices" },
  { href: paths.settingsReviewPolicy(), label: "Re-review policy" },
] as const;

export function SettingsTabs() {
  const pathname = usePathname();
  const current = PAGES.findLast((page) => pathname === page.href || pathname.startsWith(`${page.href}/`));
  return <Tabs label="Settings" isPage tabs={PAGES.map((page) => ({ ...page, isCurrent: page === current }))} />;
}
