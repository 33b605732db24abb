export declare function recompute<Args extends readonly unknown[], Result>(
  body: (...args: Args) => Result,
): (...args: Args) => Result;
