// A graph as a pure function of its weights and inputs: what models are made of, and what is differentiated. Only for graphs that
// wait for no data.

import { SinterError } from "#engine/base/error.ts";
import type { Shape } from "#engine/base/shape.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { weightNames } from "./analyze.ts";
import type { ElementType, GraphModel, HostValues } from "./graph.ts";
import { labelOf } from "./operator.ts";
import { innerScope, lookUp } from "./scope.ts";
import { computed, known, weight, type TensorValue } from "./value.ts";
import { walkNodes, type WalkContext } from "./walk.ts";

/** A constant of a file that training may change. */
export interface GraphWeight {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
  readonly read: () => HostValues;
  /** The weight on a device, when only that has it. */
  readonly resident?: Tensor | undefined;
}

export interface StaticGraph {
  readonly weights: readonly GraphWeight[];
  /**
   * What the graph gives, in the order of its outputs. It only records: `jit` and `grad` may go through it.
   * @param weights tensors in the order of `weights`
   * @param inputs tensors in the order of the graph's inputs
   * @throws format where a node waits for data, or is not computed; limit as GraphRunner.run
   */
  apply(weights: readonly Tensor[], inputs: readonly Tensor[]): readonly Tensor[];
}

/** The function of a graph. Constants that are no weights are part of it. */
export function staticGraph(model: GraphModel, contextOf: (numInputs: number) => WalkContext): StaticGraph {
  const { graph } = model;
  const names = weightNames(model, contextOf(0).operators);
  const constants = new Map<string, TensorValue>();
  const weights: GraphWeight[] = [];
  for (const [name, { type, shape, read, resident }] of graph.initializers) {
    if (names.has(name)) weights.push({ name, type, shape, read, resident });
    else constants.set(name, known(type, shape, read(), `"${name}"`));
  }
  const inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name));
  const apply = (own: readonly Tensor[], given: readonly Tensor[]): readonly Tensor[] => {
    const scope = innerScope();
    for (const [name, value] of constants) scope.values.set(name, value);
    weights.forEach(({ name, type, read }, index) => {
      const tensor = own[index];
      if (tensor !== undefined) scope.values.set(name, weight(type, tensor, read));
    });
    inputs.forEach(({ name, type }, index) => {
      const tensor = given[index];
      const declared = type.kind === "tensor" ? type.type : undefined;
      if (tensor !== undefined) scope.values.set(name, computed(declared ?? tensor.dtype, tensor));
    });
    const context = contextOf(given.reduce((sum, { size }) => sum + size, 0));
    const stopped = graph.nodes[walkNodes(graph.nodes, 0, scope, context)];
    if (stopped !== undefined) {
      throw new SinterError(
        "format",
        `onnx: ${labelOf(stopped)} waits for data, so the graph is no trainable function. Run it with loadOnnx(path).run.`,
        { operator: stopped.operator, node: stopped.name },
      );
    }
    return graph.outputs.map(({ name }) => outputTensor(name, lookUp(scope, name)));
  };
  return { weights, apply };
}

function outputTensor(name: string, value: ReturnType<typeof lookUp>): Tensor {
  if (value?.kind === "tensor") return value.device();
  throw new SinterError("format", `onnx: the output "${name}" is no tensor. Run it with loadOnnx(path).run.`, { name });
}
