// Types of compatibility-notes.mjs for the tests.
export declare const unstored: Readonly<Record<string, string>>;
