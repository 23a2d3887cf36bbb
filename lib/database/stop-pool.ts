// Over which connections does this work reach the database? What a stop needs has some of its own, because the everyday ones may all be waiting just then.

import { AsyncLocalStorage } from "node:async_hooks";

// Next compiles copies of this module into its bundles.
const shared = globalThis as typeof globalThis & { holdpointStopPool?: AsyncLocalStorage<boolean> };
const choice = (): AsyncLocalStorage<boolean> => (shared.holdpointStopPool ??= new AsyncLocalStorage());

/** Whatever `work` asks of the database, who is signed in as well as the latch, goes where ingest, pages and sweeps cannot be in the way. */
export const onStopPool = <Result>(work: () => Result): Result => choice().run(true, work);

/** For what follows a stop and can wait like everything else. */
export const onEverydayPool = <Result>(work: () => Result): Result => choice().run(false, work);

export const isOnStopPool = (): boolean => choice().getStore() === true;
