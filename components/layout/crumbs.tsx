"use client";

import { usePathname } from "next/navigation";
import { Link } from "@/components/ui/link.tsx";
import { crumbsOf, type Crumb } from "./crumbs-of.ts";

/** The way to this page; without `crumbs` it is read from the address. */
export function Crumbs({ crumbs }: { crumbs?: readonly Crumb[] | undefined }) {
  const pathname = usePathname();
  const steps = crumbs ?? crumbsOf(pathname);
  return (
    <nav aria-label="Breadcrumb" className="min-w-0">
      <ol className="crumbs">
        {steps.map((step, index) => {
          const isLast = index === steps.length - 1;
          return (
            <li key={step.href ?? step.label}>
              {isLast ? <span aria-current="page">{step.label}</span> : step.href === undefined ? <span>{step.label}</span> : <Link href={step.href}>{step.label}</Link>}
              {!isLast && <span aria-hidden="true">/</span>}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
