import { Rows } from "@/components/ui/rows.tsx";
import { StatusShape } from "@/components/ui/status-mark.tsx";
import type { EffectivePermission } from "@/lib/domain/effective-permissions.ts";

const MOST_NAMED = 6;

/** What one may do first, then what one may not, with what would open it. */
export function PermissionList({ permissions, reasons }: { permissions: readonly EffectivePermission[]; reasons: Readonly<Record<string, string>> }) {
  const held = permissions.filter((each) => each.where === "all" || each.where.length > 0);
  const withheld = permissions.filter((each) => each.where !== "all" && each.where.length === 0);
  return (
    <>
      <Rows label="What you may do">
        {held.map((each) => (
          <li className="row row-marked" key={each.permission}>
            <StatusShape kind="met" />
            <span className="min-w-0">
              <span className="row-title">{capital(each.to)}</span> <span className="text-fg-2">{whereOf(each.where)}</span>
            </span>
            <span className="row-aside text-fg-3">{each.by.join(", ")}</span>
          </li>
        ))}
      </Rows>
      {withheld.length > 0 && (
        <details className="border-t border-line">
          <summary className="px-4 py-2.5 text-dense text-fg-2">What you may not do ({withheld.length})</summary>
          <Rows label="What you may not do">
            {withheld.map((each) => (
              <li className="row row-marked" key={each.permission}>
                <StatusShape kind="open" />
                <span className="min-w-0">
                  <span className="row-title">{capital(each.to)}</span>
                  <span className="row-detail block">{reasons[each.permission]}</span>
                </span>
              </li>
            ))}
          </Rows>
        </details>
      )}
    </>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function whereOf(where: EffectivePermission["where"]): string {
  if (where === "all") return "";
  const named = where.slice(0, MOST_NAMED).join(", ");
  return where.length > MOST_NAMED ? `for ${named} and ${where.length - MOST_NAMED} more` : `for ${named}`;
}
