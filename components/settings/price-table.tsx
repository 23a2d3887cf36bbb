import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { formatDay } from "@/lib/format.ts";
import { formatUsdPerMillion } from "@/lib/domain/usd-per-million.ts";

export interface ListedPrice {
  id: string;
  provider: string;
  model: string;
  validFrom: string;
  validTo: string | null;
  input: number;
  output: number;
  cachedInput: number | null;
  source: string;
}

const isCurrent = (price: ListedPrice, now: string): boolean => price.validFrom <= now && (price.validTo === null || price.validTo > now);

/** Dollars per million tokens. List prices without a known first day count from the beginning. */
export function PriceTable({ prices, now }: { prices: readonly ListedPrice[]; now: string }) {
  const columns: Column<ListedPrice>[] = [
    { key: "model", header: "Model", cell: (price) => price.model },
    { key: "state", header: "State", priority: 2, isSelfEvident: true, cell: (price) => <PriceState price={price} now={now} /> },
    { key: "provider", header: "Provider", isSelfEvident: true, cell: (price) => price.provider },
    { key: "input", header: "Input", align: "right", cell: (price) => formatUsdPerMillion(price.input) },
    { key: "output", header: "Output", align: "right", cell: (price) => formatUsdPerMillion(price.output) },
    { key: "cached", header: "Cached input", align: "right", cell: (price) => (price.cachedInput === null ? <span className="text-fg-3">as input</span> : formatUsdPerMillion(price.cachedInput)) },
    { key: "valid", header: "Holds", cell: (price) => span(price) },
    { key: "source", header: "Source", priority: 4, cell: (price) => price.source },
  ];
  return <DataTable caption="Prices in USD per million tokens" columns={columns} rows={prices} rowKey={(price) => price.id} />;
}

function PriceState({ price, now }: { price: ListedPrice; now: string }) {
  if (isCurrent(price, now)) return <StatusMark kind="met">Holds</StatusMark>;
  return price.validFrom > now ? <StatusMark kind="waiting">To come</StatusMark> : <StatusMark kind="expired">Past</StatusMark>;
}

const BEGINNING = "2020-01-01";

function span({ validFrom, validTo }: ListedPrice): string {
  const from = validFrom.startsWith(BEGINNING) ? "from the beginning" : `from ${formatDay(validFrom)}`;
  return validTo === null ? from : `${from} to ${formatDay(validTo)}`;
}
