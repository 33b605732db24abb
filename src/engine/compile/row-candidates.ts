// Nodes that may join a cluster over rows: those that may read its results, and those that may read what it reads,
// directly or through what is computed in place. Whether they do is seen later.

import type { Node } from "#engine/graph/graph.ts";
import type { Worklist } from "#engine/compile/cluster-map.ts";

interface RowCandidateOptions {
  readonly worklist: Worklist;
  readonly usersOf: (node: Node) => readonly Node[];
  /** Whether a node is computed where it is read. */
  readonly isInPlace: (node: Node) => boolean;
}

export class RowCandidates {
  readonly #options: RowCandidateOptions;
  readonly #readers = new Set<Node>();
  readonly #sharers = new Set<Node>();
  readonly #shared = new Set<Node>();

  constructor(options: RowCandidateOptions) {
    this.#options = options;
  }

  /** The next in topological order. */
  next(): Node | undefined {
    return this.#options.worklist.next();
  }

  /** Whether a node may read a result of the cluster. */
  isReader(node: Node): boolean {
    return this.#readers.has(node);
  }

  /** Whether the cluster reads a node from memory. */
  isShared(node: Node): boolean {
    return this.#shared.has(node);
  }

  /** A node is a result of the cluster, or is computed from one in place. */
  addReaders(node: Node): void {
    for (const user of this.#options.usersOf(node)) {
      this.#readers.add(user);
      this.#options.worklist.add(user);
    }
  }

  /** The cluster reads these from memory. */
  share(nodes: readonly Node[]): void {
    for (const node of nodes) {
      if (this.#shared.has(node)) continue;
      this.#shared.add(node);
      this.#addSharers(node);
    }
  }

  #addSharers(node: Node): void {
    const { usersOf, isInPlace, worklist } = this.#options;
    for (const user of usersOf(node)) {
      if (this.#sharers.has(user)) continue;
      this.#sharers.add(user);
      worklist.add(user);
      if (isInPlace(user)) this.#addSharers(user);
    }
  }
}
