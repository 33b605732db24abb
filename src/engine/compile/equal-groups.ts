// Groups that are equal but for their nodes, as those of a model's layers often are, are emitted once. Emits nothing.

import { typeText, type Node } from "#engine/graph/graph.ts";
import type { Group, ScatterGroup } from "#engine/compile/group.ts";
import { nodeBuffer, temporary, type Step, type StepBuffer } from "#engine/compile/step.ts";

type PlainGroup = Group | ScatterGroup;

interface Emitted {
  readonly group: PlainGroup;
  readonly steps: readonly Step[];
  /** What the group is, written when another might be equal. */
  text: string | undefined;
}

export class EqualGroups {
  /** By what equal groups have in common at least. */
  readonly #emitted = new Map<string, Emitted[]>();

  /**
   * The steps of a group: those of an equal one over this one's nodes, else new ones. Kernels of equal groups share their body.
   * @param constants nodes whose use is emitted otherwise
   */
  stepsOf(group: PlainGroup, constants: ReadonlySet<Node>, emit: () => readonly Step[]): readonly Step[] {
    const inputs = group.inputs.map((node) => `${typeText(node.type)}${constants.has(node) ? " constant" : ""}`);
    const rough = `${group.name} ${inputs.join(" ")}`;
    const similar = this.#emitted.get(rough) ?? [];
    this.#emitted.set(rough, similar);
    const text = similar.length === 0 ? undefined : textOf(group);
    for (const one of similar) {
      one.text ??= textOf(one.group);
      if (one.text === text) return overNodes(one.steps, nodesOf(one.group), nodesOf(group)) ?? emit();
    }
    const steps = emit();
    similar.push({ group, steps, text });
    return steps;
  }
}

function nodesOf(group: PlainGroup): Node[] {
  const written = "space" in group ? [...group.outputs, ...group.wideOutputs] : group.outputs;
  return [...group.inputs, ...written.map(({ node }) => node), ...("node" in group ? [group.node] : [])];
}

/** The steps with other nodes and temporary memory of their own; undefined where they use a node that is none of these. */
function overNodes(steps: readonly Step[], from: readonly Node[], to: readonly Node[]): Step[] | undefined {
  const nodes = new Map(from.map((node, index) => [node, to[index] ?? node]));
  const temporaries = new Map<StepBuffer, StepBuffer>();
  const moved = (buffer: StepBuffer): StepBuffer => {
    if (buffer.kind === "node") return nodeBuffer(nodes.get(buffer.node) ?? buffer.node);
    const known = temporaries.get(buffer) ?? temporary(buffer.size, buffer.dtype);
    temporaries.set(buffer, known);
    return known;
  };
  const isKnown = (buffer: StepBuffer): boolean => buffer.kind === "temporary" || nodes.has(buffer.node);
  if (!steps.every(({ buffers }) => buffers.every(isKnown))) return undefined;
  return steps.map((step) => ({ ...step, kernel: { ...step.kernel }, buffers: step.buffers.map(moved) }));
}

/** Everything that emission sees of a group; equal for groups that are built alike, parts that are shared included. */
function textOf(group: PlainGroup): string {
  const numbers = new Map<object, number>();
  const parts: string[] = [];
  const write = (value: unknown): void => {
    if (typeof value !== "object" || value === null) {
      parts.push(typeof value === "string" ? value : Object.is(value, -0) ? "-0" : String(value));
      return;
    }
    const known = numbers.get(value);
    if (known !== undefined) {
      parts.push(`#${known}`);
      return;
    }
    numbers.set(value, numbers.size);
    // How a node is made does not matter to who reads or writes it.
    if (isNode(value)) parts.push(typeText(value.type));
    else {
      for (const [name, part] of Object.entries(value)) {
        parts.push(name);
        write(part);
      }
      parts.push(")");
    }
  };
  write(group);
  return parts.join(" ");
}

function isNode(value: object): value is Node {
  return "primitive" in value;
}
