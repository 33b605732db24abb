import type { Value } from "./value.js";
export interface Scope {
  readonly outer: Scope | undefined;
  readonly values: Map<string, Value>;
}
export declare function innerScope(outer?: Scope): Scope;
export declare function lookUp(scope: Scope, name: string): Value | undefined;
