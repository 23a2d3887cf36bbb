// Which requests share a transaction? Those that arrive while others are at work: the busier it is, the more of them, and alone nobody waits.

export interface Grouping<Request, Answer> {
  weigh: (request: Request) => number;
  /** Groups at work at the same time. */
  atOnce: number;
  /** Beside another group one of less than this weight is not begun until some time has passed: what still comes can join it. */
  worthwhile: number;
  /** The largest weight of a group; a heavier request is a group of its own. */
  most: number;
  /** Requests that are read in the same turn of the event loop begin together, rather than the first of them alone. */
  gathersTurn?: true;
  /** Answers in the order of the requests. */
  work: (requests: readonly Request[]) => Promise<readonly Answer[]>;
  /** Would this error meet each request alone as well? Otherwise each is tried by itself, so that none fails for another's sake. */
  isOfAll: (error: unknown) => boolean;
}

interface Waiting<Request, Answer> {
  request: Request;
  weight: number;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/** So long may a request wait for company when the group before it takes its time. */
const PATIENCE_MS = 20;

export function inGroups<Request, Answer>({ weigh, atOnce, worthwhile, most, gathersTurn, work, isOfAll }: Grouping<Request, Answer>): (request: Request) => Promise<Answer> {
  const waiting: Waiting<Request, Answer>[] = [];
  let atWork = 0;
  let patience: NodeJS.Timeout | null = null;
  let turn: NodeJS.Immediate | null = null;

  const begin = (): void => {
    if (patience !== null) clearTimeout(patience);
    patience = null;
    let [count, weight] = [0, 0];
    for (const next of waiting) {
      if (count > 0 && weight + next.weight > most) break;
      weight += next.weight;
      count++;
    }
    const group = waiting.splice(0, count);
    atWork++;
    void attempt(group, work, isOfAll).then((told) => {
      atWork--;
      look();
      const tell = () => told.forEach((one) => one());
      // To write sixteen answers takes a while: the group that begins now has its first question under way by then.
      if (atWork > 0) setImmediate(tell);
      else tell();
    });
  };

  const look = (): void => {
    if (waiting.length === 0 || atWork >= atOnce) return;
    if (atWork === 0 || waiting.reduce((sum, { weight }) => sum + weight, 0) >= worthwhile) begin();
    else patience ??= setTimeout(() => {
      patience = null;
      if (waiting.length > 0 && atWork < atOnce) begin();
    }, PATIENCE_MS);
  };

  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ request, weight: weigh(request), resolve, reject });
      if (!gathersTurn) look();
      else turn ??= setImmediate(() => {
        turn = null;
        look();
      });
    });
}

/** What each request is to be told; those that are tried alone are told as they end. Never rejects. */
async function attempt<Request, Answer>(
  group: readonly Waiting<Request, Answer>[], work: Grouping<Request, Answer>["work"], isOfAll: Grouping<Request, Answer>["isOfAll"],
): Promise<(() => void)[]> {
  try {
    const answers = await work(group.map(({ request }) => request));
    return group.map(({ resolve }, index) => () => resolve(answers[index] as Answer));
  } catch (error) {
    if (group.length === 1 || isOfAll(error)) return group.map(({ reject }) => () => reject(error));
    for (const one of group) for (const tell of await attempt([one], work, isOfAll)) tell();
    return [];
  }
}
