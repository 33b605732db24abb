export type Targets = string | readonly string[];
export declare function matchesTargets(where: string, targets: Targets | undefined): (path: string) => boolean;
