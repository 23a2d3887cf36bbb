// What are the logarithms of the gamma, beta and incomplete beta functions?

/** Lanczos, g = 7, n = 9: C. Lanczos, SIAM J. Numer. Anal. Ser. B 1 (1964) 86–96, with the coefficients of Godfrey. */
const LANCZOS_G = 7;
const LANCZOS: readonly number[] = [
  0.999_999_999_999_809_93, 676.520_368_121_885_1, -1_259.139_216_722_402_8, 771.323_428_777_653_13, -176.615_029_162_140_59,
  12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_571_6e-6, 1.505_632_735_149_311_6e-7,
];
const HALF_LOG_TWO_PI = 0.918_938_533_204_672_8;

/** ln Γ(x) for x > 0, to about 1e-14 of its size; NaN elsewhere. */
export function logGamma(x: number): number {
  if (!(x > 0)) return Number.NaN;
  if (x > 1e7) return stirling(x);
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  let sum = LANCZOS[0] ?? 0;
  for (let index = 1; index < LANCZOS.length; index += 1) sum += (LANCZOS[index] ?? 0) / (z + index);
  const t = z + LANCZOS_G + 0.5;
  return HALF_LOG_TWO_PI + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

const stirling = (x: number): number => (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + 1 / (12 * x);

/** ln B(a, b) for a, b > 0. */
export const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);

/**
 * ln I_x(a, b), the regularised incomplete beta function, for a, b > 0 and 0 ≤ x ≤ 1. Small tails keep their precision, which 1 − I_x would
 * lose. Continued fraction by the modified Lentz method: Press et al., Numerical Recipes, 3rd ed., §6.4.
 */
export function logIncompleteBeta(x: number, a: number, b: number): number {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === 1) return 0;
  return x <= (a + 1) / (a + b + 2) ? logTail(x, a, b) : logOneMinusExp(logTail(1 - x, b, a));
}

/** ln (1 − I_x(a, b)). */
export const logUpperBeta = (x: number, a: number, b: number): number => logIncompleteBeta(1 - x, b, a);

/** ln (1 − exp(y)) for y ≤ 0. */
export const logOneMinusExp = (y: number): number => (y > -Math.LN2 ? Math.log(-Math.expm1(y)) : Math.log1p(-Math.exp(y)));

function logTail(x: number, a: number, b: number): number {
  return a * Math.log(x) + b * Math.log1p(-x) - Math.log(a) - logBeta(a, b) + Math.log(continuedFraction(x, a, b));
}

const MOST_TERMS = 10_000;
const PRECISION = 3e-16;
const TINY = 1e-300;

function continuedFraction(x: number, a: number, b: number): number {
  const clear = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / clear(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= MOST_TERMS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / clear(1 + even * d);
    c = clear(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / clear(1 + odd * d);
    c = clear(1 + odd / c);
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < PRECISION) break;
  }
  return fraction;
}

const MOST_LOG = 690;

/** exp(x), kept within 1e±300: an e-value that is stored and added to others. */
export const expClipped = (x: number): number => Math.exp(Math.min(MOST_LOG, Math.max(-MOST_LOG, x)));
