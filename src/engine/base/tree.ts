// Trees: nested arrays and plain objects with leaves, as weights and optimizer states are. Order of leaves is the order
// of keys as written.

/** A leaf, or arrays and plain objects of trees. */
export type Tree<Leaf> = Leaf | readonly Tree<Leaf>[] | { readonly [key: string]: Tree<Leaf> };

type IsLeaf<Leaf> = (value: unknown) => value is Leaf;

/** The leaves in order. */
export function treeLeaves<Leaf>(tree: unknown, isLeaf: IsLeaf<Leaf>): Leaf[] {
  const leaves: Leaf[] = [];
  treeMap(tree, isLeaf, (leaf) => {
    leaves.push(leaf);
    return leaf;
  });
  return leaves;
}

/**
 * The same tree with each leaf replaced; what is neither leaf, array nor plain object stays. Leaves for leaves keep the
 * tree's type.
 */
export function treeMap<Leaf, Branches>(
  tree: Branches,
  isLeaf: IsLeaf<Leaf>,
  replace: (leaf: Leaf) => NoInfer<Leaf>,
): Branches;
export function treeMap<Leaf>(tree: unknown, isLeaf: IsLeaf<Leaf>, replace: (leaf: Leaf) => unknown): unknown;
export function treeMap<Leaf>(tree: unknown, isLeaf: IsLeaf<Leaf>, replace: (leaf: Leaf) => unknown): unknown {
  if (isLeaf(tree)) return replace(tree);
  if (Array.isArray(tree)) return tree.map((branch) => treeMap(branch, isLeaf, replace));
  if (isPlainObject(tree)) {
    return Object.fromEntries(Object.entries(tree).map(([key, branch]) => [key, treeMap(branch, isLeaf, replace)]));
  }
  return tree;
}

/** A text that is equal for trees of equal structure and equal static values; leaves appear as `describe` says. */
export function treeKey<Leaf>(tree: unknown, isLeaf: IsLeaf<Leaf>, describe: (leaf: Leaf) => string): string {
  if (isLeaf(tree)) return describe(tree);
  if (Array.isArray(tree)) return `[${tree.map((branch) => treeKey(branch, isLeaf, describe)).join(",")}]`;
  if (isPlainObject(tree)) {
    const entries = Object.entries(tree).map(
      ([key, branch]) => `${JSON.stringify(key)}:${treeKey(branch, isLeaf, describe)}`,
    );
    return `{${entries.join(",")}}`;
  }
  // JSON has one text for NaN and both infinities.
  if (typeof tree === "number") return Object.is(tree, -0) ? "-0" : String(tree);
  return JSON.stringify(tree) ?? String(tree);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
