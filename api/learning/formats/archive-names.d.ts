export type NameRule = "paths" | "keys";
export declare function faultOfName(name: string, rule: NameRule): string | undefined;
export declare function checkNames(names: readonly string[], rule: NameRule): void;
