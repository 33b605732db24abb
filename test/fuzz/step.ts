// What a step of a random graph is.

import type { Pool } from "./pool.ts";

/** Picks operands and options from the pool, adds what it makes to it. */
export type Step = (pool: Pool) => void;

/** Values beyond this are squashed before they grow further. */
export const limit = 1000;
