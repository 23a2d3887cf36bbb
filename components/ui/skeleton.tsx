import { classNames } from "./class-names.ts";
import { LoadingTitle } from "./loading-title.tsx";

export function Skeleton({ className }: { className?: string | undefined }) {
  return <span className={classNames("skeleton", className)} />;
}

/** Stands for a list while it loads, at the height the rows will have. */
export function SkeletonRows({ rows = 8, label = "Loading" }: { rows?: number | undefined; label?: string | undefined }) {
  return (
    <div role="status">
      <span className="sr-only">{label}</span>
      <div className="rows" aria-hidden="true">
        {Array.from({ length: rows }, (_, index) => (
          <div className="row" key={index}>
            <div className="grid gap-2 py-0.5">
              <Skeleton className={index % 3 === 0 ? "w-2/5" : index % 3 === 1 ? "w-1/3" : "w-1/2"} />
              <Skeleton className="h-2! w-3/5" />
            </div>
            <Skeleton className="w-14" />
          </div>
        ))}
      </div>
    </div>
  );
}

/** Stands for a page: its head, then one card. */
export function SkeletonPage({ rows = 8 }: { rows?: number | undefined }) {
  return (
    <div>
      <LoadingTitle />
      <h1 className="sr-only">Loading</h1>
      <div className="mb-5 grid gap-3 py-1" aria-hidden="true">
        <Skeleton className="h-5! w-56" />
        <Skeleton className="w-80 max-w-full" />
      </div>
      <div className="card">
        <SkeletonRows rows={rows} label="The page is loading" />
      </div>
    </div>
  );
}
