import { LinkButton } from "./button.tsx";

interface PaginationProps {
  /** "Runs 1 to 50 of 2,514", or what else is known. */
  shown?: string | undefined;
  newerHref?: string | undefined;
  olderHref?: string | undefined;
  newerLabel?: string | undefined;
  olderLabel?: string | undefined;
}

/** Cursor links; nothing is drawn when there is one page only. */
export function Pagination({ shown, newerHref, olderHref, newerLabel = "Newer", olderLabel = "Older" }: PaginationProps) {
  if (newerHref === undefined && olderHref === undefined && shown === undefined) return null;
  return (
    <nav className="card-foot" aria-label="Pages">
      {shown !== undefined && <span>{shown}</span>}
      <span className="actions ml-auto">
        {newerHref !== undefined && (
          <LinkButton size="sm" href={newerHref} rel="prev">
            {newerLabel}
          </LinkButton>
        )}
        {olderHref !== undefined && (
          <LinkButton size="sm" href={olderHref} rel="next">
            {olderLabel}
          </LinkButton>
        )}
      </span>
    </nav>
  );
}
