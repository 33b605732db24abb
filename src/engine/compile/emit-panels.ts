// The right side of a product, or the filter of a convolution, packed into panels by a step of its own: worth it where it
// is constant, since that step runs once for many calls.

import { rewrite, walk, type Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ir from "#engine/graph/kernel.ts";
import { KernelBuilder, type Value } from "#engine/graph/kernel.ts";
import { roundUp } from "#engine/compile/contraction.ts";
import { emitterBuffers } from "#engine/compile/emitter.ts";
import { Packer, type PackOptions } from "#engine/compile/pack.ts";
import { lesser } from "#engine/compile/places.ts";
import { bytesOf, nodeBuffer, temporary, type Step, type StepBuffer } from "#engine/compile/step.ts";

/** Elements that a chunk packs at least. */
const leastElements = 16384;

/** What panels hold; places of the depth and of what lies across it alone decide a value. */
export interface PanelSource extends Omit<PackOptions, "builder" | "buffers" | "panels"> {
  readonly name: string;
  readonly inputs: readonly Node[];
}

/** A step that packs, and the memory it packs into: [piece of the depth][panel][step of the depth][width]. */
export interface Panels {
  readonly step: Step;
  readonly buffer: StepBuffer;
}

/** Whether a side reads these nodes alone. */
export function readsOnly(side: Expression, inputs: readonly Node[], nodes: ReadonlySet<Node>): boolean {
  let does = true;
  walk(side, (part) => {
    const input = part.kind === "read" ? inputs[part.operand] : undefined;
    if (part.kind === "read") does &&= input !== undefined && nodes.has(input);
  });
  return does;
}

/** The side over the inputs that it reads, and those. */
export function withOwnInputs(
  side: Expression,
  inputs: readonly Node[],
): { readonly side: Expression; readonly inputs: readonly Node[] } {
  const operands = new Set<number>();
  walk(side, (part) => void (part.kind === "read" && operands.add(part.operand)));
  const order = [...operands].toSorted((a, b) => a - b);
  return {
    side: rewrite(side, (part) =>
      part.kind === "read" ? { ...part, operand: order.indexOf(part.operand) } : undefined,
    ),
    inputs: order.flatMap((operand) => inputs[operand] ?? []),
  };
}

/** The step that packs all of a side. */
export function emitPanels(source: PanelSource): Panels {
  const { across, depth, width, panelDepth } = source;
  const { side, inputs } = withOwnInputs(source.side, source.inputs);
  const k = new KernelBuilder();
  const memory = k.buffer(inputs.length);
  const panels = k.variable(memory);
  const packer = new Packer({ ...source, builder: k, side, buffers: emitterBuffers(k, inputs), panels });
  packer.prepare();
  const columns = roundUp(across.size, width);
  const share = Math.ceil(leastElements / (depth.size * width)) * width;
  const start = k.let(ir.multiply(k.chunk, ir.int(share)));
  const count = k.let(lesser(ir.subtract(ir.int(columns), start), ir.int(share)));
  k.loop(ir.int(0), ir.int(depth.size), panelDepth, (depthStart) => {
    k.set(panels, ir.elementAt(memory, "f32", panelPlace(source, depthStart, start)));
    const depthCount = k.let(lesser(ir.subtract(ir.int(depth.size), depthStart), ir.int(panelDepth)));
    packer.pack({ start, count, depthStart, depthCount }, []);
  });
  const buffer = temporary(columns * roundUp(depth.size, panelDepth), "f32");
  const buffers = [...inputs.map(nodeBuffer), buffer];
  const kernel = k.finish({
    name: `${source.name} (pack)`,
    numBuffers: buffers.length,
    numChunks: Math.ceil(columns / share),
    flops: 0,
    bytes: bytesOf(buffers),
  });
  return { step: { kernel, buffers, numInputs: inputs.length }, buffer };
}

/** The element at which the panels of a piece of the depth begin, from a column on. */
export function panelPlace(
  { across, width, panelDepth }: Pick<PanelSource, "across" | "width" | "panelDepth">,
  depthStart: Value,
  column: Value,
): Value {
  const columns = roundUp(across.size, width);
  return ir.add(ir.multiply(depthStart, ir.int(columns)), ir.multiply(column, ir.int(panelDepth)));
}
