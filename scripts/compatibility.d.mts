// Types of compatibility.mjs for the tests.
export declare const pagePath: string;
export declare const groups: readonly { readonly key: string }[];
export declare function closedLists(): Readonly<Record<string, readonly string[]>>;
export declare function renderPage(lists?: Readonly<Record<string, readonly string[]>>): string;
