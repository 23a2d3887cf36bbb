// Which arm did this event come from? Bets on the label that the router drew, which nothing else can foretell unless the arms differ.

/*
 * Under "the arm is independent of the outcome, given the past" every factor here has the expectation 1 over the label, whatever the chance of
 * an event is, however it drifts and whatever share the candidate gets: a product of them is a martingale, so by Ville's inequality a look
 * after every task costs nothing. Turner, Ly, Grünwald, arXiv 2106.02693, read as a randomisation test; Lindon, Malek, arXiv 2011.03567.
 */

/** How one unit was given to its arm. */
export interface LoggedAssignment {
  /** That it would be the candidate; 0 < probability < 1. */
  probability: number;
  isCandidate: boolean;
}

/** Odds ratios of an event, candidate to current, that are bet on. */
export const ODDS_UP: readonly number[] = [1.5, 2, 3.2, 6];
export const ODDS_DOWN: readonly number[] = [1 / 1.4, 1 / 2, 1 / 3.5];

/** What is staked on each of ODDS_UP and of ODDS_DOWN; upwards also by the bets that restart later. */
export interface OddsStakes {
  up: readonly number[];
  restartedUp: readonly number[];
  down: readonly number[];
}

/** What gets worse late has few tasks left to show it: nearly all on up to twice as often, for more than that is found with any stake. */
const RESTARTED_UP: readonly number[] = [0.2, 0.75, 0.05, 0];

/** Twice and three times as often, and half as often, are what people want to hear of soonest. These and the other stakes: found by simulation, `bench canary`. */
export const USUAL_STAKES: OddsStakes = { up: [0.2, 0.42, 0.36, 0.02], restartedUp: RESTARTED_UP, down: [0.03, 0.94, 0.03] };
/** What is frequent cannot become three times as frequent. */
export const FREQUENT_STAKES: OddsStakes = { up: [0.02, 0.62, 0.34, 0.02], restartedUp: RESTARTED_UP, down: USUAL_STAKES.down };
const RARE_UP: readonly number[] = [0.03, 0.16, 0.79, 0.02];
/** Of what is rare only a large ratio shows within a rollout, however early or late it begins. */
export const RARE_STAKES: OddsStakes = { up: RARE_UP, restartedUp: RARE_UP, down: USUAL_STAKES.down };

/** Adds the logarithms of the factors to `logs`, from index `from`. `chance`: of an event on the current version, 0 < chance < 1. */
export function addLabelBets(logs: number[], from: number, oddsRatios: readonly number[], chance: number, isEvent: boolean, { probability, isCandidate }: LoggedAssignment): void {
  const odds = chance / (1 - chance);
  for (let index = 0; index < oddsRatios.length; index += 1) {
    const shifted = odds * (oddsRatios[index] ?? 1);
    const candidate = shifted / (1 + shifted);
    const either = probability * candidate + (1 - probability) * chance;
    const mine = isCandidate ? candidate : chance;
    add(logs, from + index, Math.log(isEvent ? mine / either : (1 - mine) / (1 - either)));
  }
}

/**
 * The same for a task that both versions did: only a pair in which one of them has the event tells, and under the hypothesis it is either's
 * with chance ½.
 */
export function addPairBets(logs: number[], from: number, oddsRatios: readonly number[], isCandidates: boolean): void {
  for (let index = 0; index < oddsRatios.length; index += 1) {
    const ratio = oddsRatios[index] ?? 1;
    add(logs, from + index, Math.log((2 * (isCandidates ? ratio : 1)) / (1 + ratio)));
  }
}

export function add(logs: number[], index: number, log: number): void {
  logs[index] = (logs[index] ?? 0) + log;
}

/** What the current version's chance of an event is taken for: history counts as at most this many tasks. */
const MOST_HISTORY = 400;
const LEAST_CHANCE = 1e-4;

/** Events and tasks of the current version; from history at first, then with what it does beside the candidate. */
export interface ControlCount {
  events: number;
  tasks: number;
}

/** Half an event more, of ten tasks more: what was never seen is rare, not impossible, and without any history one in twenty is the guess. */
export function controlFromHistory(events: number, tasks: number): ControlCount {
  const kept = Math.min(tasks, MOST_HISTORY) / Math.max(tasks, 1);
  return { events: events * kept + 0.5, tasks: tasks * kept + 10 };
}

export const chanceOf = ({ events, tasks }: ControlCount): number => Math.min(1 - LEAST_CHANCE, Math.max(LEAST_CHANCE, events / tasks));
