import { Link } from "@/components/ui/link.tsx";
import { paths } from "../../lib/paths.ts";

export function BrandMark({ size = 20 }: { size?: number | undefined }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" aria-hidden="true">
      <path d="M2 10h3.5M14.5 10H18M10 2.2v3.6M10 14.2v3.6" />
      <circle cx="10" cy="10" r="4.2" />
      <circle cx="10" cy="10" r="1" fill="currentColor" stroke="none" />
    </svg>
  );
}

export function Brand() {
  return (
    <Link className="brand" href={paths.home()}>
      <BrandMark />
      Holdpoint
    </Link>
  );
}
