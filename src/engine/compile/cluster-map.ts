// Which cluster each node is in so far, and what needs what where clusters run as a whole. Decides nothing.

import type { Node } from "#engine/graph/graph.ts";

/** By place of a node: 1 where it is known not to need what is sought. */
export type Clear = Uint8Array;

export class ClusterMap<Cluster extends object> {
  readonly #nodes: readonly Node[];
  readonly #isLeaf: (node: Node) => boolean;
  readonly #places = new Map<Node, number>();
  /** Places of the inputs that are no leaves, by place. */
  readonly #inputs: readonly (readonly number[])[];
  readonly #homes: (Cluster | undefined)[] = [];
  readonly #members = new Map<Cluster, Set<number>>();
  /** The last search that met a node. */
  readonly #seen: Uint32Array;
  #numSearches = 0;

  /** @param nodes in topological order @param isLeaf whether a node needs nothing */
  constructor(nodes: readonly Node[], isLeaf: (node: Node) => boolean) {
    this.#nodes = nodes;
    nodes.forEach((node, place) => this.#places.set(node, place));
    this.#isLeaf = isLeaf;
    this.#inputs = nodes.map((node) => (isLeaf(node) ? [] : this.#placesOf(node.inputs)));
    this.#seen = new Uint32Array(nodes.length);
  }

  get(node: Node): Cluster | undefined {
    const place = this.#places.get(node);
    return place === undefined ? undefined : this.#homes[place];
  }

  has(node: Node): boolean {
    return this.get(node) !== undefined;
  }

  set(node: Node, cluster: Cluster): void {
    const place = this.#places.get(node);
    if (place === undefined) return;
    this.delete(node);
    this.#homes[place] = cluster;
    const members = this.#members.get(cluster);
    if (members === undefined) this.#members.set(cluster, new Set([place]));
    else members.add(place);
  }

  delete(node: Node): void {
    const place = this.#places.get(node);
    const home = this.get(node);
    if (place === undefined || home === undefined) return;
    this.#homes[place] = undefined;
    this.#members.get(home)?.delete(place);
  }

  /** Where nodes stand that are no leaves. */
  #placesOf(nodes: readonly Node[]): number[] {
    return nodes.flatMap((node) => (this.#isLeaf(node) ? [] : (this.#places.get(node) ?? [])));
  }

  /** Nothing is known yet. */
  nothingClear(): Clear {
    return new Uint8Array(this.#nodes.length);
  }

  /** Nodes to look at, none yet. */
  worklist(): Worklist {
    return new Worklist(this.#nodes, this.#places);
  }

  /**
   * Whether computing these needs one that is sought, where a node needs all that its cluster needs.
   * @param clear nodes known not to need one; grows
   */
  reaches(
    starts: readonly Node[],
    isSought: (home: Cluster | undefined, node: Node) => boolean,
    clear?: Clear,
  ): boolean {
    this.#numSearches += 1;
    const stack = this.#placesOf(starts);
    const met: number[] = [];
    for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
      if (this.#seen[place] === this.#numSearches || clear?.[place] === 1) continue;
      const node = this.#nodes[place];
      const home = this.#homes[place];
      if (node !== undefined && isSought(home, node)) return true;
      // Fellows need the same, so that none is entered again.
      for (const fellow of (home === undefined ? undefined : this.#members.get(home)) ?? [place]) {
        this.#seen[fellow] = this.#numSearches;
        met.push(fellow);
        for (const input of this.#inputs[fellow] ?? []) stack.push(input);
      }
    }
    if (clear !== undefined) for (const place of met) clear[place] = 1;
    return false;
  }
}

/** Nodes to look at in topological order; what lies before the one given last is not given any more. */
export class Worklist {
  readonly #nodes: readonly Node[];
  readonly #places: ReadonlyMap<Node, number>;
  readonly #isDue: Uint8Array;
  #last = -1;

  constructor(nodes: readonly Node[], places: ReadonlyMap<Node, number>) {
    this.#nodes = nodes;
    this.#places = places;
    this.#isDue = new Uint8Array(nodes.length);
  }

  add(node: Node): void {
    const place = this.#places.get(node);
    if (place !== undefined) this.#isDue[place] = 1;
  }

  next(): Node | undefined {
    const place = this.#isDue.indexOf(1, this.#last + 1);
    if (place < 0) return undefined;
    this.#last = place;
    return this.#nodes[place];
  }
}
