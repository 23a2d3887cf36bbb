/** The session is over: whatever is asked is refused, however often. */
export class SignedOut extends Error {
  constructor() {
    super("You are signed out.");
    this.name = "SignedOut";
  }
}

/** What an open page reads, as JSON. Throws `SignedOut` where the console says so, and an error for any other answer that is none. */
export async function askConsole<Answer>(address: string, signal?: AbortSignal): Promise<Answer> {
  const response = await fetch(address, { headers: { accept: "application/json" }, ...(signal && { signal }) });
  if (response.status === 401) throw new SignedOut();
  if (!response.ok) throw new Error(`the console answered ${response.status}`);
  return (await response.json()) as Answer;
}
