import { consoleRoute } from "@/lib/console-route.ts";
import { portfolioCsv } from "@/lib/queries/portfolio-csv.ts";
import { getPortfolio, readPortfolioCursor } from "@/lib/queries/portfolio.ts";

/** The page as JSON, or with `?format=csv` as a file for a spreadsheet. */
export const GET = consoleRoute("agent:read", async ({ actor, search, now }) => {
  const portfolio = await getPortfolio(actor, { scope: search.get("scope"), after: readPortfolioCursor(search.get("after")) }, now);
  if (search.get("format") !== "csv") return portfolio;
  return new Response(portfolioCsv(portfolio), {
    headers: {
      "content-type": "text/csv; charset=utf-8", "cache-control": "no-store", "content-disposition": `attachment; filename="portfolio-${now.toISOString().slice(0, 10)}.csv"`,
    },
  });
});
