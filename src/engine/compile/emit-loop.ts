// Loops: the steps of one iteration, and where their buffers lie in each. A constant is where it is, rows lie behind each
// other, a carry is read where the iteration before wrote it: between two buffers that take turns, or among rows that are
// stacked anyway. So no kernel knows that it runs in a loop.

import { byteSize } from "#engine/base/dtype.ts";
import { BugError } from "#engine/base/error.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { Graph, Node } from "#engine/graph/graph.ts";
import type { TargetTraits } from "#engine/graph/kernel.ts";
import { copyGroup, copyOf } from "#engine/compile/copy.ts";
import { emitLoops } from "#engine/compile/emit-loops.ts";
import type { Carry, LoopGroup, Stack } from "#engine/compile/group.ts";
import { lifetimesOf, planArena } from "#engine/compile/memory.ts";
import {
  keyOf,
  nodeBuffer,
  temporary,
  type AnyStep,
  type LoopStep,
  type PlacedBuffer,
  type StepBuffer,
} from "#engine/compile/step.ts";

/** Where a node of the body lies in an iteration. */
type Home = (iteration: number) => PlacedBuffer;

/** @param compileBody gives the steps of a graph */
export async function emitLoop(
  group: LoopGroup,
  traits: TargetTraits,
  compileBody: (body: Graph) => Promise<readonly AnyStep[]>,
): Promise<LoopStep[]> {
  const homes = new LoopHomes(group);
  const steps = await compileBody(homes.body);
  const lifetimes = lifetimesOf(steps, (key) => homes.of(key) !== undefined);
  const arena = planArena([...lifetimes.values()]);
  const workspace = temporary(Math.ceil(arena.bytes / 4), "f32");
  const place = (buffer: StepBuffer, iteration: number): PlacedBuffer => {
    const home = homes.of(keyOf(buffer));
    if (home !== undefined) return home(iteration);
    const lifetime = lifetimes.get(keyOf(buffer));
    const offset = lifetime === undefined ? undefined : arena.offsets.get(lifetime);
    if (offset === undefined) throw new BugError("A buffer of a loop has no place.");
    return { buffer: workspace, offset };
  };
  const inputs = group.inputs.map(nodeBuffer);
  const buffers = [...inputs, ...homes.written, ...(arena.bytes > 0 ? [workspace] : [])];
  const loop: LoopStep = { count: group.length, steps, place, buffers, numInputs: inputs.length };
  return [
    ...homes.before.map((copy) => emitCopy(copy, traits)),
    loop,
    ...homes.after.map((copy) => emitCopy(copy, traits)),
  ];
}

/** A copy of a row, or to one. */
interface RowCopy {
  readonly from: PlacedBuffer;
  readonly to: PlacedBuffer;
  /** What is copied, for its type. */
  readonly node: Node;
}

function emitCopy({ from, to, node }: RowCopy, traits: TargetTraits): LoopStep {
  const target = copyOf(node);
  return {
    count: 1,
    steps: emitLoops(copyGroup(node, target), traits),
    place: (buffer) => (buffer.kind === "node" && buffer.node === target ? to : from),
    buffers: [from.buffer, to.buffer],
    numInputs: 1,
  };
}

class LoopHomes {
  readonly before: RowCopy[] = [];
  readonly after: RowCopy[] = [];
  /** Everything that the loop writes, but what lives within an iteration. */
  readonly written: StepBuffer[] = [];
  readonly body: Graph;
  readonly #group: LoopGroup;
  readonly #homes = new Map<Node | StepBuffer, Home>();
  readonly #outputs: Node[] = [];

  constructor(group: LoopGroup) {
    this.#group = group;
    const { constants, rows, carries, stacks } = group;
    for (const { parameter, source } of constants) this.#homes.set(parameter, () => whole(nodeBuffer(source)));
    for (const { parameter, source } of rows) this.#homes.set(parameter, this.#rowsOf(source, parameter));
    const free = new Set(stacks);
    for (const carry of carries) this.#placeCarry(carry, free);
    for (const { value, rows: node } of free) this.#output(value, this.#rowsOf(node, value));
    for (const { rows: node } of stacks) this.written.push(nodeBuffer(node));
    const parameters = [...constants, ...carries, ...rows].map(({ parameter }) => parameter);
    this.body = { parameters, outputs: this.#outputs, donations: this.#outputs.map(() => -1) };
  }

  /** Of a node; temporary memory has none. */
  of(key: Node | StepBuffer): Home | undefined {
    return this.#homes.get(key);
  }

  /** The row of an iteration. */
  #rowsOf(rows: Node, row: Node): Home {
    const buffer = nodeBuffer(rows);
    const bytes = sizeOf(row.type.shape) * byteSize(row.type.dtype);
    const { length, isReversed } = this.#group;
    return (iteration) => ({ buffer, offset: bytes * (isReversed ? length - 1 - iteration : iteration) });
  }

  /** A carry that somebody stacks lives there, as it came or as it goes on. */
  #placeCarry(carry: Carry, free: Set<Stack>): void {
    const { parameter, next } = carry;
    const asItCame = [...free].find(({ value }) => value === parameter);
    const asItGoes = this.#isNew(next) ? [...free].find(({ value }) => value === next) : undefined;
    const stack = asItCame ?? asItGoes;
    if (stack === undefined) return this.#alternate(carry);
    free.delete(stack);
    if (stack === asItCame) this.#stackBefore(carry, stack);
    else this.#stackAfter(carry, stack);
  }

  /** Two buffers take turns, so that the last value comes to lie where it is wanted. */
  #alternate({ parameter, initial, next, last }: Carry): void {
    const { length } = this.#group;
    const final = this.#memoryOf(parameter, last);
    const other = length === 1 ? final : this.#memoryOf(parameter, undefined);
    const write: Home = (iteration) => whole((length - 1 - iteration) % 2 === 0 ? final : other);
    this.#homes.set(parameter, (iteration) => (iteration === 0 ? whole(nodeBuffer(initial)) : write(iteration - 1)));
    this.#output(next, write);
  }

  /** An iteration writes the row that the next one reads. */
  #stackBefore({ parameter, initial, next, last }: Carry, { rows }: Stack): void {
    const { length } = this.#group;
    const final = this.#memoryOf(parameter, last);
    const home = this.#rowsOf(rows, parameter);
    this.before.push({ from: whole(nodeBuffer(initial)), to: home(0), node: parameter });
    this.#homes.set(parameter, home);
    this.#output(next, (iteration) => (iteration + 1 < length ? home(iteration + 1) : whole(final)));
  }

  /** An iteration reads the row that the one before has written. */
  #stackAfter({ parameter, initial, next, last }: Carry, { rows }: Stack): void {
    const home = this.#rowsOf(rows, next);
    this.#homes.set(parameter, (iteration) => (iteration === 0 ? whole(nodeBuffer(initial)) : home(iteration - 1)));
    this.#output(next, home);
    if (last === undefined) return;
    const final = this.#memoryOf(parameter, last);
    this.after.push({ from: home(this.#group.length - 1), to: whole(final), node: parameter });
  }

  #memoryOf({ type }: Node, node: Node | undefined): StepBuffer {
    const buffer = node === undefined ? temporary(sizeOf(type.shape), type.dtype) : nodeBuffer(node);
    this.written.push(buffer);
    return buffer;
  }

  /** Whether the body computes the node and it has no place yet. */
  #isNew(node: Node): boolean {
    return node.primitive.trait !== "parameter" && !this.#homes.has(node);
  }

  /** An output of the body; one that lies elsewhere already is copied. */
  #output(node: Node, home: Home): void {
    const output = this.#isNew(node) ? node : copyOf(node);
    this.#outputs.push(output);
    this.#homes.set(output, home);
  }
}

function whole(buffer: StepBuffer): PlacedBuffer {
  return { buffer, offset: 0 };
}
