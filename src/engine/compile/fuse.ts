// Fusion: which nodes are stored, and which nodes one kernel computes. Owns no loops and no memory.
// A group grows from an anchor (a contraction, a reduction, or a stored map): elementwise users over the same space join
// its epilogue, a pooling window may follow a contraction. Every other map is computed where it is read.

import type { DType } from "#engine/base/dtype.ts";
import { sameShape, sizeOf } from "#engine/base/shape.ts";
import { sortNodes, type Graph, type Node } from "#engine/graph/graph.ts";
import { walk, type Expression } from "#engine/graph/expression.ts";
import { loopsAmong, type LoopResults } from "#engine/graph/loop.ts";
import type { Form } from "#engine/graph/primitive.ts";
import { ClusterMap, type Clear } from "#engine/compile/cluster-map.ts";
import { Forms, priceOf, Reader } from "#engine/compile/inline.ts";
import { axesOf } from "#engine/compile/linear.ts";
import { sideBySideOf } from "#engine/compile/join-parts.ts";
import { orderedSource } from "#engine/compile/ordered-source.ts";
import { tilingWindow } from "#engine/compile/pool-window.ts";
import { RowCandidates } from "#engine/compile/row-candidates.ts";
import { numSplits, readsOwnRow, roleIn, rowsOf, valueOverRows, type Rows } from "#engine/compile/rows.ts";

/** Elements of a scatter's row that is added up in private memory. */
const shortestRow = 8;
const longestRow = 8192;

/** A kernel-to-be: `anchor` first, then what joined it; `pooled` reductions and their epilogue come last. */
export interface Cluster {
  readonly anchor: Node;
  /** Over the anchor's space. */
  readonly members: Set<Node>;
  /** What the anchor reduces, when it is a plain reduction. */
  readonly rows: Rows | undefined;
  /** Members that reduce the same rows as the anchor. */
  readonly reductions: Node[];
  /** Nodes with an element for each of what is reduced, computed after the reductions. */
  readonly wide: Set<Node>;
  /** Reductions over a window of the anchor's spatial axes, and elementwise nodes over the reduced space. */
  readonly pools: Node[];
  readonly pooled: Set<Node>;
  /** Nodes that lay values over the anchor's space side by side. */
  readonly joins: Set<Node>;
}

/** All nodes of a cluster. */
export function nodesOf({ members, wide, pools, pooled, joins }: Cluster): Node[] {
  return [...members, ...wide, ...pools, ...pooled, ...joins];
}

export interface FusionPlan {
  readonly forms: Forms;
  readonly clusters: readonly Cluster[];
  /** Nodes that get memory: parameters, and what clusters store. */
  readonly stored: ReadonlySet<Node>;
}

/**
 * @param pause awaited between clusters
 * @param isBody whether the graph runs in a loop: then every kernel counts
 */
export function planFusion(graph: Graph, pause: () => Promise<void>, isBody = false): Promise<FusionPlan> {
  return new Planner(graph).plan(pause, isBody);
}

class Planner {
  readonly #graph: Graph;
  readonly #forms = new Forms();
  readonly #nodes: readonly Node[];
  readonly #users = new Map<Node, Node[]>();
  readonly #outputs: ReadonlySet<Node>;
  readonly #clusterOf: ClusterMap<Cluster>;
  readonly #clusters: Cluster[] = [];
  readonly #isLeaf: ReadonlySet<Node>;
  readonly #loops: ReadonlyMap<Node, LoopResults>;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#isLeaf = new Set(graph.parameters);
    this.#nodes = sortNodes(graph.outputs, (node) => this.#isLeaf.has(node));
    this.#outputs = new Set(graph.outputs);
    this.#loops = loopsAmong(this.#nodes.filter((node) => !this.#isLeaf.has(node)));
    this.#clusterOf = new ClusterMap(this.#nodes, (node) => this.#isLeaf.has(node));
    for (const node of this.#nodes) {
      if (this.#isLeaf.has(node)) continue;
      for (const input of new Set(node.inputs)) {
        const users = this.#users.get(input);
        if (users === undefined) this.#users.set(input, [node]);
        else users.push(node);
      }
    }
  }

  async plan(pause: () => Promise<void>, isBody: boolean): Promise<FusionPlan> {
    const kept = this.#chooseStored();
    await pause();
    for (const node of this.#nodes) {
      if (this.#isLeaf.has(node) || this.#clusterOf.has(node) || !kept.has(node)) continue;
      this.#grow(node, kept);
      await pause();
    }
    if (isBody) {
      this.#mergeMaps();
      this.#joinParts();
    }
    const stored = new Set<Node>(this.#graph.parameters);
    for (const cluster of this.#clusters) for (const node of this.#storedOf(cluster, kept)) stored.add(node);
    await pause();
    return { forms: this.#forms, clusters: this.#clusters, stored };
  }

  /** Anchors, outputs, and maps that would be computed too often if they were inlined. */
  #chooseStored(): Set<Node> {
    const kept = new Set<Node>();
    const prices = new Map<Node, number>();
    // A loop reads memory alone.
    const looped = [...this.#loops.values()].flatMap(({ inputs }) => inputs);
    const isLooped = new Set(looped.map((node) => orderedSource(this.#forms, node)));
    for (const node of this.#nodes) {
      if (this.#isLeaf.has(node)) {
        prices.set(node, 1);
        continue;
      }
      const form = this.#forms.of(node);
      if (form.kind !== "map") {
        kept.add(node);
        prices.set(node, 1);
        continue;
      }
      const price = this.#inlinePrice(node, form.value, prices);
      const isWorth = !isWidening(node) && this.#isPricey(node, price);
      const mustKeep = this.#outputs.has(node) || isLooped.has(node) || isWorth;
      if (mustKeep) kept.add(node);
      // One number is computed once a chunk, outside of its loops.
      prices.set(node, mustKeep || sizeOf(node.type.shape) === 1 ? 1 : price);
    }
    return kept;
  }

  #inlinePrice(node: Node, value: Expression, prices: ReadonlyMap<Node, number>): number {
    let price = priceOf(value);
    walk(value, (part) => {
      if (part.kind !== "read") return;
      const input = node.inputs[part.operand];
      price += (input === undefined ? 1 : (prices.get(input) ?? 1)) - 1;
    });
    return price;
  }

  #isPricey(node: Node, price: number): boolean {
    if (price <= 1 || sizeOf(node.type.shape) === 1) return price > 20;
    const users = this.#users.get(node) ?? [];
    let evaluations = 0;
    for (const user of users) evaluations += this.#evaluations(node, user);
    const transcendental = price >= 12;
    if (evaluations <= 1.1) return false;
    return transcendental || (evaluations - 1) * price > 8;
  }

  /** How often `user` computes each element of `node`, when inlined. */
  #evaluations(node: Node, user: Node): number {
    const form = this.#forms.of(user);
    const outer = user.type.shape;
    const size = Math.max(sizeOf(node.type.shape), 1);
    const positions = user.inputs.flatMap((input, index) => (input === node ? [index] : []));
    const count = (expression: Expression, extents: readonly number[]): number => {
      let reads = 0;
      walk(expression, (part) => {
        if (part.kind === "read" && positions.includes(part.operand)) reads += 1;
      });
      return (reads * sizeOf(extents)) / size;
    };
    switch (form.kind) {
      case "map":
        return count(form.value, outer);
      case "reduce":
        return count(form.value, [...outer, ...form.extents]);
      case "contract": {
        const extents = [...outer, ...form.extents];
        const touched = (side: Expression): number[] => extents.filter((_, axis) => axesOf(side).has(axis));
        return count(form.left, touched(form.left)) + count(form.right, touched(form.right));
      }
      case "scatter":
        return count(form.value, form.extents) + form.at.length;
      default:
        return 1;
    }
  }

  /** Makes a cluster of an anchor and lets users over the same space join. */
  #grow(anchor: Node, kept: ReadonlySet<Node>): void {
    const rows = rowsOf(this.#forms, anchor);
    const members = new Set([anchor]);
    const [wide, pooled, joins] = [new Set<Node>(), new Set<Node>(), new Set<Node>()];
    const cluster: Cluster = { anchor, members, rows, reductions: [], wide, pools: [], pooled, joins };
    this.#clusters.push(cluster);
    this.#clusterOf.set(anchor, cluster);
    const form = this.#forms.of(anchor);
    if (form.kind === "scatter" && !hasFollowers(anchor, form)) return;
    if (form.kind === "loop") {
      for (const result of this.#loops.get(anchor)?.nodes ?? []) {
        members.add(result);
        this.#clusterOf.set(result, cluster);
      }
      return;
    }
    if (rows !== undefined) this.#joinRows(cluster, rows, kept);
    this.#join(cluster, anchor.type.shape, cluster.members, kept);
    if (form.kind === "contract" && isLargeContraction(anchor.type.shape, form)) this.#pool(cluster, kept);
  }

  /** Adds elementwise users, in topological order, until none fits; then drops those that only cost memory. */
  #join(cluster: Cluster, shape: readonly number[], into: Set<Node>, kept: ReadonlySet<Node>): void {
    const added: Node[] = [];
    // Users come after what they read, so that one pass over the nodes meets those of nodes added meanwhile.
    const candidates = this.#clusterOf.worklist();
    const addUsers = (node: Node): void => {
      for (const user of this.#users.get(node) ?? []) candidates.add(user);
    };
    for (const node of into) addUsers(node);
    // What joins reads the cluster already, so that nothing comes to need the cluster by that.
    const independent = this.#clusterOf.nothingClear();
    for (let node = candidates.next(); node !== undefined; node = candidates.next()) {
      if (this.#clusterOf.has(node) || !this.#fits(node, shape, into)) continue;
      if (this.#dependsElsewhere(node, cluster, independent)) continue;
      into.add(node);
      this.#clusterOf.set(node, cluster);
      added.push(node);
      addUsers(node);
    }
    for (const node of added.toReversed()) {
      const users = this.#users.get(node) ?? [];
      const isUsedInside = users.some((user) => into.has(user) || cluster.pools.includes(user));
      if (isUsedInside || kept.has(node) || this.#relieves(node, into)) continue;
      into.delete(node);
      this.#clusterOf.delete(node);
    }
  }

  /** Whether some input of the node in the set needs no memory because all its users are in the set. */
  #relieves(node: Node, into: ReadonlySet<Node>): boolean {
    return node.inputs.some((input) => {
      // A short float stands for what it widens to in half the bytes.
      if (!into.has(input) || this.#outputs.has(input) || isShortFloat(input.type.dtype)) return false;
      return (this.#users.get(input) ?? []).every((user) => into.has(user));
    });
  }

  #fits(node: Node, shape: readonly number[], into: ReadonlySet<Node>): boolean {
    if (this.#forms.of(node).kind !== "map" || !sameShape(node.type.shape, shape)) return false;
    const { trait } = node.primitive;
    return trait === "elementwise" || (trait === "movement" && node.inputs.every((input) => !into.has(input)));
  }

  /** Adds stored nodes over the same rows: further reductions, maps of their results, maps of every element. */
  #joinRows(cluster: Cluster, rows: Rows, kept: ReadonlySet<Node>): void {
    const candidates = new RowCandidates({
      worklist: this.#clusterOf.worklist(),
      usersOf: (node) => this.#users.get(node) ?? [],
      isInPlace: (node) => !kept.has(node) || this.#clusterOf.get(node) === cluster,
    });
    candidates.addReaders(cluster.anchor);
    candidates.share(this.#readOverRows(cluster.anchor, cluster, rows, kept).outside);
    let independent = this.#clusterOf.nothingClear();
    for (let node = candidates.next(); node !== undefined; node = candidates.next()) {
      if (this.#clusterOf.has(node)) continue;
      const isReader = candidates.isReader(node);
      if (!kept.has(node)) {
        if (isReader) candidates.addReaders(node);
        continue;
      }
      if (!isReader && this.#forms.of(node).kind !== "reduce") continue;
      const role = roleIn(this.#forms, node, rows);
      if (role === undefined) continue;
      const { outside, usesRows, isOwnRow } = this.#readOverRows(node, cluster, rows, kept);
      const isShared =
        role === "reduction" && outside.some((input) => isWhole(input, rows) && candidates.isShared(input));
      // A split reduction has its results only after the kernel: others may share its walk, none can follow.
      if (usesRows ? !isOwnRow || numSplits(rows.space, rows.window) > 1 : !isShared) continue;
      if (this.#clusterOf.reaches(outside, (home) => home === cluster, independent)) continue;
      if (!usesRows) {
        if (this.#clusterOf.reaches(this.#outsideOf(cluster), (_, needed) => needed === node)) continue;
        // Others may need this node though they do not need what the cluster was until now.
        independent = this.#clusterOf.nothingClear();
      }
      this.#clusterOf.set(node, cluster);
      if (role === "element") cluster.wide.add(node);
      else cluster.members.add(node);
      if (role === "reduction") cluster.reductions.push(node);
      candidates.share(outside);
      candidates.addReaders(node);
    }
  }

  /** What a node would read if it joined: of the cluster's reductions, and from memory. */
  #readOverRows(node: Node, cluster: Cluster, rows: Rows, kept: ReadonlySet<Node>): RowReads {
    const isReduction = (one: Node): boolean => one === cluster.anchor || cluster.reductions.includes(one);
    const isInside = (one: Node): boolean => this.#clusterOf.get(one) === cluster;
    const isStored = (one: Node): boolean =>
      isReduction(one) || this.#isLeaf.has(one) || (!isInside(one) && (kept.has(one) || this.#clusterOf.has(one)));
    const reader = new Reader(this.#forms, isStored);
    const value = valueOverRows(reader, this.#forms, node, rows);
    const isRowNode = (operand: number): boolean => reader.inputs.slice(operand, operand + 1).some(isReduction);
    return {
      outside: reader.inputs.filter((input) => !isReduction(input)),
      usesRows: reader.inputs.some(isReduction),
      isOwnRow: readsOwnRow(value, rows, isRowNode),
    };
  }

  /** Makes one cluster of maps over the same space that need not wait for each other. */
  #mergeMaps(): void {
    const isMaps = ({ anchor }: Cluster): boolean => this.#forms.of(anchor).kind === "map";
    for (const cluster of this.#clusters.filter(isMaps)) {
      for (const other of this.#clusters.filter(isMaps)) {
        const isLater = this.#clusters.indexOf(cluster) < this.#clusters.indexOf(other);
        if (!this.#clusters.includes(cluster) || !isLater || !this.#canMerge(cluster, other)) continue;
        this.#clusters.splice(this.#clusters.indexOf(other), 1);
        for (const node of other.members) {
          cluster.members.add(node);
          this.#clusterOf.set(node, cluster);
        }
      }
    }
  }

  /** Lets the kernel that computes parts of a node write them where they lie in it. */
  #joinParts(): void {
    for (const whole of this.#clusters.filter(({ members }) => members.size === 1)) {
      const { anchor } = whole;
      const parts = sideBySideOf(this.#forms, anchor)?.parts ?? [];
      const home = parts.map((part) => this.#clusterOf.get(part)).find((one) => one !== undefined);
      const isSpace = home !== undefined && this.#forms.of(home.anchor).kind === "map" && home !== whole;
      if (home === undefined || !isSpace || !sameShape(home.anchor.type.shape, parts[0]?.type.shape ?? [])) continue;
      const others = parts.filter((part) => this.#clusterOf.get(part) !== home);
      if (this.#clusterOf.reaches(others, (one) => one === home)) continue;
      this.#clusters.splice(this.#clusters.indexOf(whole), 1);
      home.joins.add(anchor);
      this.#clusterOf.set(anchor, home);
    }
  }

  #canMerge(cluster: Cluster, other: Cluster): boolean {
    const { shape } = cluster.anchor.type;
    if (!sameShape(shape, other.anchor.type.shape)) return false;
    const members = new Set([...cluster.members, ...other.members]);
    const isMoved = (node: Node): boolean =>
      node.primitive.trait !== "elementwise" && node.inputs.some((input) => members.has(input));
    if ([...members].some(isMoved)) return false;
    // What is computed where it is read, element by element, reads members at its own place, too.
    const isInline = (node: Node): boolean =>
      !this.#isLeaf.has(node) && !this.#clusterOf.has(node) && this.#fits(node, shape, members);
    const inline = sortNodes([...members], (node) => !members.has(node) && !isInline(node));
    const inside = new Set(inline.filter((node) => members.has(node) || isInline(node)));
    const outside = inline.filter((node) => !inside.has(node));
    return !this.#clusterOf.reaches(outside, (_, node) => members.has(node));
  }

  #outsideOf(cluster: Cluster): Node[] {
    return nodesOf(cluster).flatMap(({ inputs }) => inputs.filter((input) => this.#clusterOf.get(input) !== cluster));
  }

  /**
   * Whether an input from outside the cluster needs the cluster to have run.
   * @param independent nodes known not to need it; grows
   */
  #dependsElsewhere(node: Node, cluster: Cluster, independent: Clear): boolean {
    const outside = node.inputs.filter((input) => this.#clusterOf.get(input) !== cluster);
    return this.#clusterOf.reaches(outside, (home) => home === cluster, independent);
  }

  /** Lets reductions over a small window that tiles the spatial axes follow a contraction. */
  #pool(cluster: Cluster, kept: ReadonlySet<Node>): void {
    const [last, ...others] = this.#storedOf(cluster, kept);
    if (last === undefined || others.length > 0 || this.#outputs.has(last)) return;
    // With one channel the window's places would be columns of the product, not rows.
    if (last.type.shape.at(-1) === 1) return;
    const pools = this.#users.get(last) ?? [];
    const window = pools.length === 0 ? undefined : tilingWindow(this.#forms, pools[0], last);
    if (window === undefined || pools.some((pool) => tilingWindow(this.#forms, pool, last) !== window)) return;
    if (pools.some((pool) => this.#clusterOf.has(pool))) return;
    for (const pool of pools) {
      cluster.pools.push(pool);
      this.#clusterOf.set(pool, cluster);
    }
    const shape = pools[0]?.type.shape ?? [];
    for (const pool of pools) cluster.pooled.add(pool);
    this.#join(cluster, shape, cluster.pooled, kept);
    for (const pool of pools) cluster.pooled.delete(pool);
  }

  /** What the cluster must write: outputs, and what others read. */
  #storedOf(cluster: Cluster, kept: ReadonlySet<Node>): Node[] {
    const all = nodesOf(cluster);
    const inside = new Set(all);
    return all.filter((node) => this.#outputs.has(node) || this.#isReadOutside(node, inside, kept));
  }

  /** Whether someone outside reads the node; a map that is computed where it is read counts as its readers. */
  #isReadOutside(node: Node, inside: ReadonlySet<Node>, kept: ReadonlySet<Node>): boolean {
    return (this.#users.get(node) ?? []).some((user) => {
      if (inside.has(user)) return false;
      return kept.has(user) || this.#clusterOf.has(user) || this.#isReadOutside(user, inside, kept);
    });
  }
}

/** Whether a node is a short float in full length: reading it costs less than storing it again. */
function isWidening({ inputs: [input], type, primitive }: Node): boolean {
  if (input === undefined || primitive.trait !== "elementwise" || type.dtype !== "f32") return false;
  return isShortFloat(input.type.dtype);
}

function isShortFloat(dtype: DType): boolean {
  return dtype === "bf16" || dtype === "f16";
}

/** Whether what follows a scatter element by element may be evaluated where its rows are added up. */
function hasFollowers({ type }: Node, { at, extents }: Extract<Form, { kind: "scatter" }>): boolean {
  const { dtype, shape } = type;
  const rowSize = sizeOf(shape.slice(1));
  if (dtype !== "f32" || at.length !== shape.length || rowSize < shortestRow || rowSize > longestRow) return false;
  const outer = at[0] === undefined ? new Set<number>() : axesOf(at[0]);
  const isOwn = (place: Expression, number: number): boolean =>
    place.kind === "axis" && !outer.has(place.axis) && extents[place.axis] === shape[number + 1];
  return sizeOf(extents) < 2 ** 31 && at.slice(1).every(isOwn);
}

interface RowReads {
  readonly outside: readonly Node[];
  readonly usesRows: boolean;
  /** Whether reductions are read at the row of the element alone. */
  readonly isOwnRow: boolean;
}

/** Whether a node has an element for each of what is reduced. */
function isWhole(node: Node, { shape }: Rows): boolean {
  return sizeOf(node.type.shape) === sizeOf(shape);
}

/** Whether a contraction is worth the machinery of products; smaller ones are plain reductions. */
export function isLargeContraction(space: readonly number[], form: Extract<Form, { kind: "contract" }>): boolean {
  const last = space.findLastIndex((extent) => extent > 1);
  const rows = space.reduce((product, extent, axis) => (axis === last ? product : product * extent), 1);
  const depth = sizeOf(form.extents);
  const columns = space[last] ?? 1;
  const isMixed = last >= 0 && axesOf(form.left).has(last) !== axesOf(form.right).has(last);
  if (!isMixed || columns < 4 || depth < 4 || rows * columns * depth < 2 ** 15) return false;
  if (rows >= 4) return true;
  // A few rows times a matrix as it lies need no packing.
  const side = axesOf(form.left).has(last) ? form.left : form.right;
  const along = side.kind === "read" ? side.at.at(-1) : undefined;
  return columns >= 64 && along?.kind === "axis" && along.axis === last;
}
