// From a cluster of nodes to a group of expressions: everything that is not stored is inlined.

import { BugError } from "#engine/base/error.ts";
import { sizeOf, stridesOf } from "#engine/base/shape.ts";
import { accumulator, axis, binary, plus, scalarTypeOf, type Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import { outputAxes, type Form } from "#engine/graph/primitive.ts";
import { isLargeContraction, nodesOf, type Cluster, type FusionPlan } from "#engine/compile/fuse.ts";
import type {
  AnyGroup,
  Contraction,
  Group,
  GroupOutput,
  Place,
  Reduction,
  ScatterGroup,
  WideOutput,
} from "#engine/compile/group.ts";
import { Reader } from "#engine/compile/inline.ts";
import { sideBySideOf } from "#engine/compile/join-parts.ts";
import { linearExpression, linearPlace } from "#engine/compile/linear.ts";
import { loopGroup } from "#engine/compile/loop-group.ts";
import { orderedSource } from "#engine/compile/ordered-source.ts";
import { positionOf, valueOverRows, type Rows } from "#engine/compile/rows.ts";
import { matchFilterGradient, matchTransposed, matchWindow } from "#engine/compile/convolutions.ts";

/** The expressions of a cluster. */
export function buildGroup(cluster: Cluster, plan: FusionPlan): AnyGroup {
  const { anchor } = cluster;
  const inside = new Set(nodesOf(cluster));
  const reader = new Reader(plan.forms, (node) => plan.stored.has(node) && !inside.has(node));
  const form = plan.forms.of(anchor);
  const name = nameOf(cluster);
  if (form.kind === "loop") {
    const results = [...cluster.members].filter((node) => plan.stored.has(node));
    return loopGroup(results, (node) => (plan.stored.has(node) ? node : orderedSource(plan.forms, node)));
  }
  if (form.kind === "scatter") return scatterGroup(name, cluster, form, reader, plan);
  if (form.kind === "contract" && isLargeContraction(anchor.type.shape, form)) {
    return contractionGroup(name, cluster, form, reader, plan);
  }
  const space = anchor.type.shape;
  const reduction = reductionOf(anchor, form, reader);
  const others = cluster.rows === undefined ? [] : rowReductions(cluster, cluster.rows, plan, reader);
  const valueOf = (node: Node): Expression =>
    cluster.rows === undefined || node === anchor || plan.forms.of(node).kind !== "map"
      ? reader.valueAt(node, outputAxes(space.length))
      : valueOverRows(reader, plan.forms, node, cluster.rows);
  const stored = [...cluster.members].filter((node) => plan.stored.has(node));
  const outputs = stored.map((node) => ({ node, value: valueOf(node) }));
  return {
    name,
    space,
    contraction: undefined,
    window: reduction?.extents ?? [],
    reductions: reduction === undefined ? [] : [reduction, ...others],
    outputs,
    wideOutputs:
      cluster.rows === undefined
        ? joinOutputs(cluster, plan, reader)
        : wideOutputs(cluster, cluster.rows, plan, reader),
    inputs: reader.inputs,
  };
}

/** The reductions after the first, in an order in which each finds what it uses. */
function rowReductions({ reductions }: Cluster, rows: Rows, plan: FusionPlan, reader: Reader): Reduction[] {
  return reductions.map((node, index) => {
    const form = plan.forms.of(node);
    if (form.kind !== "reduce") throw new BugError("Rows are reduced by reductions.");
    const type = scalarTypeOf(node.type.dtype);
    const value = valueOverRows(reader, plan.forms, node, rows);
    reader.own.set(node, accumulator(1 + index, type));
    return { combiner: form.combiner, value, type };
  });
}

function wideOutputs({ wide }: Cluster, rows: Rows, plan: FusionPlan, reader: Reader): WideOutput[] {
  const stored = [...wide].filter((node) => plan.stored.has(node));
  const position = positionOf(rows);
  return stored.map((node) => ({ node, value: valueOverRows(reader, plan.forms, node, rows), position }));
}

/** What is laid side by side, part by part. */
function joinOutputs({ joins, anchor }: Cluster, plan: FusionPlan, reader: Reader): WideOutput[] {
  const axes = outputAxes(anchor.type.shape.length);
  const stored = [...joins].filter((node) => plan.stored.has(node));
  return stored.flatMap((node) => {
    const { axis: along, parts } = sideBySideOf(plan.forms, node) ?? { axis: 0, parts: [] };
    const extent = anchor.type.shape[along] ?? 0;
    return parts.map((part, index): WideOutput => {
      const place = axes.map((one, number) => (number === along ? plus(one, index * extent) : one));
      const position = linearExpression(linearPlace(place, stridesOf(node.type.shape)));
      return { node, value: reader.valueAt(part, axes), position };
    });
  });
}

function reductionOf(
  anchor: Node,
  form: Form,
  reader: Reader,
): (Reduction & { extents: readonly number[] }) | undefined {
  if (form.kind === "map") return undefined;
  if (form.kind !== "reduce" && form.kind !== "contract") throw new BugError(`A ${form.kind} heads no kernel.`);
  const place = outputAxes(anchor.type.shape.length + form.extents.length);
  const value =
    form.kind === "reduce"
      ? reader.expand(anchor, form.value, place)
      : binary("multiply", reader.expand(anchor, form.left, place), reader.expand(anchor, form.right, place));
  const combiner = form.kind === "reduce" ? form.combiner : "sum";
  const type = scalarTypeOf(anchor.type.dtype);
  reader.own.set(anchor, accumulator(0, type));
  return { combiner, value, type, extents: form.extents };
}

function contractionGroup(
  name: string,
  cluster: Cluster,
  form: Extract<Form, { kind: "contract" }>,
  reader: Reader,
  plan: FusionPlan,
): Group {
  const { anchor, pools } = cluster;
  const pooling = pools[0] === undefined ? undefined : plan.forms.of(pools[0]);
  const window = pooling?.kind === "reduce" ? pooling.extents : [];
  const space = pools[0]?.type.shape ?? anchor.type.shape;
  const outer = space.length + window.length;
  const place =
    pooling?.kind === "reduce" && pooling.value.kind === "read" ? pooling.value.at : outputAxes(space.length);
  const whole = [...place, ...form.extents.map((_, index) => axis(outer + index))];
  const sides = [placeOf(anchor, form.left), placeOf(anchor, form.right)] as const;
  const contraction: Contraction = {
    extents: form.extents,
    left: reader.expand(anchor, form.left, whole),
    right: reader.expand(anchor, form.right, whole),
    convolution:
      matchWindow(anchor, form, sides, reader) ??
      matchTransposed(anchor, form, sides, reader) ??
      matchFilterGradient(anchor, form, sides, reader),
  };
  reader.own.set(anchor, accumulator(0, "f32"));
  const reductions = pools.map((pool): Reduction => poolReduction(pool, place, reader, plan));
  pools.forEach((pool, index) => reader.own.set(pool, accumulator(1 + index, scalarTypeOf(pool.type.dtype))));
  const written = pools.length === 0 ? [...cluster.members] : [...pools, ...cluster.pooled];
  const outputs = storedOutputs(written, plan, space, reader);
  return { name, space, contraction, window, reductions, outputs, wideOutputs: [], inputs: reader.inputs };
}

function poolReduction(pool: Node, place: readonly Expression[], reader: Reader, plan: FusionPlan): Reduction {
  const form = plan.forms.of(pool);
  const [source] = pool.inputs;
  if (form.kind !== "reduce" || source === undefined) throw new BugError("A pool is a reduction of one operand.");
  return { combiner: form.combiner, value: reader.valueAt(source, place), type: scalarTypeOf(pool.type.dtype) };
}

function scatterGroup(
  name: string,
  { anchor, members }: Cluster,
  form: Extract<Form, { kind: "scatter" }>,
  reader: Reader,
  plan: FusionPlan,
): ScatterGroup {
  const [base] = anchor.inputs;
  if (base === undefined) throw new BugError("A scatter has a base.");
  const places = outputAxes(form.extents.length);
  const { shape, dtype } = anchor.type;
  const updates = {
    base: reader.valueAt(base, outputAxes(shape.length)),
    extents: form.extents,
    at: form.at.map((at) => reader.expand(anchor, at, places)),
    value: reader.expand(anchor, form.value, places),
  };
  reader.own.set(anchor, accumulator(0, scalarTypeOf(dtype)));
  const outputs = storedOutputs([...members], plan, shape, reader);
  return { name, node: anchor, ...updates, outputs, inputs: reader.inputs };
}

function storedOutputs(
  nodes: readonly Node[],
  plan: FusionPlan,
  space: readonly number[],
  reader: Reader,
): GroupOutput[] {
  const axes = outputAxes(space.length);
  return nodes.filter((node) => plan.stored.has(node)).map((node) => ({ node, value: reader.valueAt(node, axes) }));
}

/** Where one side of a contraction reads its operand. */
function placeOf(anchor: Node, side: Expression): Place {
  const isGuarded = side.kind === "guarded";
  const inner = side.kind === "guarded" ? side.value : side;
  const node = inner.kind === "read" ? anchor.inputs[inner.operand] : undefined;
  if (inner.kind !== "read" || node === undefined) throw new BugError("A contraction reads one operand a side.");
  return { node, at: inner.at, isGuarded };
}

/** What `explain` calls the kernel: its nodes, the anchor first. */
function nameOf(cluster: Cluster): string {
  const names = nodesOf(cluster).map((node) => node.primitive.name);
  const shown = names.slice(0, 6).join("+");
  return `${names.length > 6 ? `${shown}+${names.length - 6} more` : shown} ${sizeOf(cluster.anchor.type.shape)}`;
}
