// Types of doors.mjs for the tests.
export declare const publicDoors: readonly string[];
export declare function exportsOfPackage(): Record<string, unknown>;
