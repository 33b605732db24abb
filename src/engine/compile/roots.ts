// The expressions that one kernel evaluates, equal parts being one object: at which level each is settled, how often it is
// used, and what a level must evaluate for deeper ones. Emits nothing.

import { stridesOf, type Shape } from "#engine/base/shape.ts";
import { binary, constant, partsOf, plus, rebuild, rewrite, type Expression } from "#engine/graph/expression.ts";
import { headOf, linearExpression, linearPlace, type Linear, type Term } from "#engine/compile/linear.ts";

export interface RootsOptions {
  /** Shapes of the buffers that reads index. */
  readonly shapes: readonly Shape[];
  /** The level at which each axis is bound; 0 is outermost. */
  readonly levels: readonly number[];
  /** The level at which accumulators are known. */
  readonly accumulatorLevel: number;
}

export class Roots {
  /** The innermost level. */
  readonly innermost: number;
  readonly #options: RootsOptions;
  readonly #all: Expression[] = [];
  readonly #canonical = new Map<Expression, Expression>();
  readonly #byKey = new Map<string, Expression>();
  readonly #numbers = new Map<Expression, number>();
  readonly #levels = new Map<Expression, number>();
  readonly #numUses = new Map<Expression, number>();
  readonly #settled = new Map<Expression, (readonly Expression[])[]>();

  constructor(options: RootsOptions) {
    this.#options = options;
    this.innermost = Math.max(0, options.accumulatorLevel, ...options.levels);
  }

  get all(): readonly Expression[] {
    return this.#all;
  }

  /** Registers an expression; gives its canonical form. */
  add(expression: Expression): Expression {
    const root = this.intern(this.#flattenReads(expression));
    this.#all.push(root);
    this.#count(root);
    return root;
  }

  /** The one object that stands for all expressions equal to this one. */
  intern(expression: Expression): Expression {
    const known = this.#canonical.get(expression);
    if (known !== undefined) return known;
    const rebuilt = rebuild(expression, (part) => this.intern(part));
    const key = `${headOf(rebuilt)}(${partsOf(rebuilt)
      .map((part) => this.#numberOf(part))
      .join()})`;
    const canonical = this.#byKey.get(key) ?? rebuilt;
    this.#byKey.set(key, canonical);
    this.#canonical.set(expression, canonical);
    this.#canonical.set(canonical, canonical);
    return canonical;
  }

  /** How often roots and their parts use an expression. */
  numUses(expression: Expression): number {
    return this.#numUses.get(expression) ?? 0;
  }

  /** The level at which all that an expression depends on is bound. */
  levelOf(expression: Expression): number {
    const known = this.#levels.get(expression);
    if (known !== undefined) return known;
    let level = 0;
    if (expression.kind === "axis") level = this.#options.levels[expression.axis] ?? 0;
    if (expression.kind === "accumulator") level = this.#options.accumulatorLevel;
    partsOf(expression).forEach((part) => {
      level = Math.max(level, this.levelOf(part));
    });
    this.#levels.set(expression, level);
    return level;
  }

  /** The largest parts of a root that a level settles. A guarded value is settled whole or, if it reads, not at all. */
  settledAt(root: Expression, level: number): readonly Expression[] {
    const byLevel = this.#settled.get(root) ?? [];
    this.#settled.set(root, byLevel);
    const known = byLevel[level];
    if (known !== undefined) return known;
    const settled: Expression[] = [];
    this.#settle(root, level, { settled, seen: new Set() });
    byLevel[level] = settled;
    return settled;
  }

  #settle(expression: Expression, level: number, found: { settled: Expression[]; seen: Set<Expression> }): void {
    const own = this.levelOf(expression);
    if (own < level || found.seen.has(expression)) return;
    found.seen.add(expression);
    if (expression.kind === "constant" || expression.kind === "axis") return;
    if (own === level) {
      found.settled.push(expression);
      return;
    }
    if (expression.kind === "guarded") {
      this.#settle(expression.condition, level, found);
      for (const part of unreadParts(expression.value)) this.#settle(part, level, found);
      return;
    }
    partsOf(expression).forEach((part) => this.#settle(part, level, found));
  }

  #flattenReads(expression: Expression): Expression {
    return rewrite(expression, (part) => {
      if (part.kind !== "read") return undefined;
      const linear = linearPlace(part.at, stridesOf(this.#options.shapes[part.operand] ?? []));
      return { ...part, at: [this.#byLevels(linear)] };
    });
  }

  /** A position as a sum of sums, one a level, so that each can be computed where its axes are bound. */
  #byLevels(linear: Linear): Expression {
    const sums = new Map<number, Term[]>();
    for (const term of linear.terms) {
      const level = this.levelOf(term.atom);
      const sum = sums.get(level);
      if (sum === undefined) sums.set(level, [term]);
      else sum.push(term);
    }
    const ordered = [...sums.keys()].toSorted((a, b) => a - b);
    const parts = ordered.map((level) => linearExpression({ constant: 0, terms: sums.get(level) ?? [] }));
    const total = parts.reduce((left: Expression, right) => binary("add", left, right), constant(0));
    return plus(total, linear.constant);
  }

  #numberOf(canonical: Expression): number {
    const known = this.#numbers.get(canonical);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(canonical, number);
    return number;
  }

  #count(expression: Expression): void {
    const uses = this.#numUses.get(expression) ?? 0;
    this.#numUses.set(expression, uses + 1);
    if (uses === 0) partsOf(expression).forEach((part) => this.#count(part));
  }
}

/** Parts of a guarded value that hold no read, so that they may be evaluated outside the guard. */
function unreadParts(value: Expression): readonly Expression[] {
  return containsRead(value) ? partsOf(value).flatMap(unreadParts) : [value];
}

const readers = new WeakMap<Expression, boolean>();

/** Whether an expression reads memory. */
export function containsRead(expression: Expression): boolean {
  const known = readers.get(expression);
  if (known !== undefined) return known;
  const contains = expression.kind === "read" || partsOf(expression).some(containsRead);
  readers.set(expression, contains);
  return contains;
}
