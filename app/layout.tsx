import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { REVEAL_SCRIPT } from "@/components/layout/reveal-script.ts";
import { ROW_HEIGHT_SCRIPT } from "@/components/layout/row-height.ts";
import { THEME_SCRIPT } from "@/components/layout/theme-script.ts";
import { mono, sans } from "./fonts.ts";
import "./globals.css";

/** The mark of `BrandMark`, white on dark, so that it is seen on a light and on a dark tab. */
const ICON =
  "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='7' fill='#1a1f29'/><g transform='translate(6 6)' fill='none' stroke='#fff' stroke-width='2' stroke-linecap='round'><path d='M2 10h3.5M14.5 10H18M10 2.2v3.6M10 14.2v3.6'/><circle cx='10' cy='10' r='4.2'/><circle cx='10' cy='10' r='1' fill='#fff' stroke='none'/></g></svg>";

export const metadata: Metadata = {
  title: { default: "Holdpoint", template: "%s · Holdpoint" },
  description: "The control plane for AI agents that act in real systems.",
  icons: { icon: `data:image/svg+xml,${encodeURIComponent(ICON)}`, apple: "/icon-apple-180.png" },
  appleWebApp: { capable: true, title: "Holdpoint", statusBarStyle: "default" },
  robots: { index: false, follow: false },
  formatDetection: { telephone: false, email: false, address: false, date: false },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  viewportFit: "cover",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f9fafb" },
    { media: "(prefers-color-scheme: dark)", color: "#0e1116" },
  ],
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" className={`${sans.variable} ${mono.variable}`} suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: `${REVEAL_SCRIPT}${THEME_SCRIPT}${ROW_HEIGHT_SCRIPT}` }} />
      </head>
      <body>{children}</body>
    </html>
  );
}
