import { paths } from "@/lib/paths.ts";

/** What a press is about: a scope as it is written, or the page whose agent is meant. */
export interface StopOrder {
  field: "scope" | "about";
  value: string;
  name: string;
}

export type StopAnswer = { isStored: true; stopId: string } | { isStored: false; refusal: StopRefusal };

export interface StopRefusal {
  title: string;
  message: string;
}

const ANSWER_WITHIN_MS = 10_000;
const NOT_KNOWN: StopRefusal = { title: "Holdpoint has not answered.", message: "Whether the stop is stored is not known. To press again does no harm." };

/** One POST to the door that the plain page uses. Sending the same stop twice stores it once. */
export async function sendStop({ field, value }: StopOrder): Promise<StopAnswer> {
  try {
    const response = await fetch(paths.stop(), {
      method: "POST", headers: { accept: "application/json" }, body: new URLSearchParams({ [field]: value }), signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const answer = (await response.json()) as { stopId?: string; error?: string };
    // Stored or not: the database went away in between.
    if (response.status === 504) return { isStored: false, refusal: NOT_KNOWN };
    if (answer.stopId !== undefined) return { isStored: true, stopId: answer.stopId };
    return { isStored: false, refusal: answer.error === undefined ? NOT_KNOWN : { title: "The stop is not stored.", message: answer.error } };
  } catch {
    return { isStored: false, refusal: NOT_KNOWN };
  }
}
