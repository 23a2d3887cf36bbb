import type { ReactNode } from "react";
import { BrandMark } from "@/components/layout/brand.tsx";
import { env } from "@/lib/env.ts";

export const dynamic = "force-dynamic";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <main className="grid min-h-dvh content-start justify-items-center gap-6 px-4 py-12 sm:content-center sm:py-16">
      <div className="flex w-full max-w-[400px] items-center gap-2.5 px-1">
        <BrandMark size={24} />
        <span className="text-lead font-semibold tracking-[-0.01em]">Holdpoint</span>
        <span className="env ml-auto">{env().environmentName}</span>
      </div>
      <div className="w-full max-w-[400px]">{children}</div>
    </main>
  );
}
