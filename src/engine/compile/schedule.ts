// Order of groups: producers before consumers, and whoever overwrites a donated parameter after everybody who reads it.
// Where that cannot be, the result is written aside and copied at the end.

import { BugError } from "#engine/base/error.ts";
import { walk, type Expression } from "#engine/graph/expression.ts";
import type { Graph, Node } from "#engine/graph/graph.ts";
import type { AnyGroup, Group, ScatterGroup } from "#engine/compile/group.ts";

export interface Schedule {
  readonly order: readonly AnyGroup[];
  /** Outputs that may not be written into the memory they were promised. */
  readonly unsafe: ReadonlySet<Node>;
}

export function scheduleGroups(groups: readonly AnyGroup[], graph: Graph): Schedule {
  const producers = new Map<Node, AnyGroup>();
  for (const group of groups) for (const node of writtenBy(group)) producers.set(node, group);
  const before = new Map<AnyGroup, Set<AnyGroup>>();
  for (const group of groups) {
    const needs = group.inputs.flatMap((input) => producers.get(input) ?? []).filter((one) => one !== group);
    before.set(group, new Set(needs));
  }
  const unsafe = new Set<Node>();
  graph.outputs.forEach((output, index) => {
    const parameter = graph.parameters[graph.donations[index] ?? -1];
    const writer = producers.get(output);
    if (parameter === undefined || writer === undefined || graph.outputs.indexOf(output) !== index) return;
    const readers = groups.filter((group) => group !== writer && group.inputs.includes(parameter));
    const isLate = readers.some((reader) => reaches(reader, writer, before));
    if (isLate || !overwritesInPlace(writer, parameter) || graph.outputs.includes(parameter)) unsafe.add(output);
    else for (const reader of readers) before.get(writer)?.add(reader);
  });
  return { order: sortGroups(groups, before), unsafe };
}

function writtenBy(group: AnyGroup): readonly Node[] {
  if ("stacks" in group)
    return [...group.stacks.map(({ rows }) => rows), ...group.carries.flatMap(({ last }) => last ?? [])];
  return [...group.outputs, ...("space" in group ? group.wideOutputs : [])].map(({ node }) => node);
}

/** Whether `from` needs `target` to have run. */
function reaches(from: AnyGroup, target: AnyGroup, before: ReadonlyMap<AnyGroup, ReadonlySet<AnyGroup>>): boolean {
  const stack = [from];
  const seen = new Set<AnyGroup>();
  while (stack.length > 0) {
    const group = stack.pop();
    if (group === undefined || seen.has(group)) continue;
    if (group === target) return true;
    seen.add(group);
    stack.push(...(before.get(group) ?? []));
  }
  return false;
}

/** Whether the group reads the parameter only where it writes at that moment. */
function overwritesInPlace(group: AnyGroup, parameter: Node): boolean {
  const operand = group.inputs.indexOf(parameter);
  if (operand < 0) return true;
  if ("stacks" in group) return false;
  if (!("space" in group)) return addsInPlace(group, operand);
  if (group.wideOutputs.length > 0) return false;
  const early = [...group.reductions.map((one) => one.value), ...sides(group)];
  if (early.some((expression) => readsOf(expression, operand).length > 0)) return false;
  return group.outputs.every((output) =>
    readsOf(output.value, operand).every((at) => isOwnPlace(at, group.space.length)),
  );
}

/** A scatter overwrites what it reads as its base, or after its sums, place by place. */
function addsInPlace({ base, at, value, outputs, node }: ScatterGroup, operand: number): boolean {
  if ([...at, value].some((expression) => readsOf(expression, operand).length > 0)) return false;
  return [base, ...outputs.map((output) => output.value)].every((expression) =>
    readsOf(expression, operand).every((place) => isOwnPlace(place, node.type.shape.length)),
  );
}

function sides(group: Group): readonly Expression[] {
  return group.contraction === undefined ? [] : [group.contraction.left, group.contraction.right];
}

function readsOf(expression: Expression, operand: number): (readonly Expression[])[] {
  const places: (readonly Expression[])[] = [];
  walk(expression, (part) => {
    if (part.kind === "read" && part.operand === operand) places.push(part.at);
  });
  return places;
}

function isOwnPlace(at: readonly Expression[], rank: number): boolean {
  return at.length === rank && at.every((place, number) => place.kind === "axis" && place.axis === number);
}

/** Producers first; among those that are ready, the earliest made. */
function sortGroups(groups: readonly AnyGroup[], before: ReadonlyMap<AnyGroup, ReadonlySet<AnyGroup>>): AnyGroup[] {
  const order: AnyGroup[] = [];
  const done = new Set<AnyGroup>();
  while (order.length < groups.length) {
    const next = groups.find(
      (group) => !done.has(group) && [...(before.get(group) ?? [])].every((one) => done.has(one)),
    );
    if (next === undefined)
      throw new BugError("Kernels wait for each other.", { groups: groups.map((group) => group.name) });
    done.add(next);
    order.push(next);
  }
  return order;
}
