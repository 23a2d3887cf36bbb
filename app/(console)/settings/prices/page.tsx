import type { Metadata } from "next";
import { EndPriceForm, NewPriceForm } from "@/components/settings/price-forms.tsx";
import { PriceTable } from "@/components/settings/price-table.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Link } from "@/components/ui/link.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { formatDay } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { listPrices } from "@/lib/queries/prices.ts";
import { addPriceAction, endPriceAction } from "./actions.ts";

export const metadata: Metadata = { title: "Prices" };

export default async function PricesPage({ searchParams }: { searchParams: Promise<{ past?: string | string[] }> }) {
  const actor = await requireSignedIn(paths.settingsPrices());
  const { answer } = await permits(actor, null, { answer: "price:edit" });
  const disabledReason = answer.ok ? undefined : answer.reason;
  const showsPast = (await searchParams).past === "1";
  const now = new Date().toISOString();
  const prices = await listPrices();
  const past = prices.filter((price) => price.validTo !== null && price.validTo <= now);
  const shown = showsPast ? prices : prices.filter((price) => !past.includes(price));
  const current = shown.filter((price) => price.validFrom <= now && !past.includes(price));
  return (
    <>
      <PageHead title="Prices" lead="USD per million tokens, by provider and model. A model that is not listed has an unknown cost. What held before stays, and each run keeps the cost of its day." />
      <div className="cols">
        <Card
          title={showsPast ? "All prices" : "Prices that hold or are to come"}
          actions={past.length === 0 ? undefined : <Link className="link dense" href={showsPast ? paths.settingsPrices() : paths.settingsPrices({ past: 1 })}>{showsPast ? "Hide past ones" : `Show ${past.length} past`}</Link>}
        >
          {shown.length === 0 ? <EmptyState kind="nothing_yet" title="There is no price yet.">Until there is one, every cost is unknown.</EmptyState> : <PriceTable prices={shown} now={now} />}
        </Card>
        <div className="stack">
          <Card title="Add a price">
            <CardBody>
              <NewPriceForm action={addPriceAction} disabledReason={disabledReason} />
            </CardBody>
          </Card>
          {current.length > 0 && (
            <Card title="End a price">
              <CardBody>
                <EndPriceForm action={endPriceAction} disabledReason={disabledReason} prices={current.map((price) => ({ id: price.id, label: `${price.provider} ${price.model}, from ${formatDay(price.validFrom)}` }))} />
              </CardBody>
            </Card>
          )}
        </div>
      </div>
    </>
  );
}
