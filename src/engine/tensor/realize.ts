// From nodes to values: which nodes have storage, how a lazy graph is computed, what a trace captures.

import { BugError, SinterError } from "#engine/base/error.ts";
import { attributesKey, simplifyGraph } from "#engine/grad/simplify.ts";
import { sortNodes, type Graph, type Node } from "#engine/graph/graph.ts";
import { parameter } from "#engine/ops/parameter.ts";
import type { DeviceQueue, Program } from "#engine/runtime/queue.ts";
import type { Storage } from "#engine/runtime/storage.ts";

const storages = new WeakMap<Node, Storage>();
const depths = new WeakMap<Node, number>();
const tracedNodes = new WeakSet<Node>();

/** Lazy graphs deeper than this are computed before they grow further. */
const maxDepth = 200;
/** Programs of graphs that were not traced by jit, kept for the next of the same structure. */
const maxPrograms = 500;

/** The storage of a node that has been computed, or is being. */
export function storageOf(node: Node): Storage | undefined {
  return storages.get(node);
}

export function setStorage(node: Node, storage: Storage): void {
  storages.set(node, storage);
  depths.delete(node);
}

/** A leaf that holds a value. */
export function leafOf(storage: Storage): Node {
  const node = parameter(storage.type);
  storages.set(node, storage);
  return node;
}

/** Notes how deep a new lazy node lies; true when it should be computed now. */
export function isTooDeep(node: Node): boolean {
  let depth = 0;
  for (const input of node.inputs) depth = Math.max(depth, depths.get(input) ?? 0);
  depths.set(node, depth + 1);
  return depth >= maxDepth;
}

/** Whether the node depends on a parameter of a trace that is under way. */
export function isTraced(node: Node): boolean {
  // What depends on one always will: what is known is not entered again, or long traces would take quadratic time.
  const isKnown = (one: Node): boolean => isRealized(one) || tracedNodes.has(one);
  const found = sortNodes([node], isKnown).some(
    (one) => tracedNodes.has(one) || (one.primitive.trait === "parameter" && !isRealized(one)),
  );
  if (found) tracedNodes.add(node);
  return found;
}

/** The storage of a node, computing it on the queue when it has none. @throws trace inside a trace */
export function realize(node: Node, queue: DeviceQueue): Storage {
  const known = storages.get(node);
  if (known !== undefined) return known;
  const { graph, captured } = closeGraph([node], [], queue);
  const key = structureKey(graph);
  const [storage] = queue.call(cachedProgram(queue.programs, key, graph), captured);
  if (storage === undefined) throw new BugError("A program of one output gave none.");
  setStorage(node, storage);
  return storage;
}

/** The program of a graph of this structure; those used longest ago give way to new ones. */
function cachedProgram(programs: Map<string, Program>, key: string, graph: Graph): Program {
  const program = programs.get(key) ?? programOf(graph);
  programs.delete(key);
  programs.set(key, program);
  for (const oldest of programs.keys()) {
    if (programs.size <= maxPrograms) break;
    programs.delete(oldest);
  }
  return program;
}

/** A graph over `parameters` and what else its outputs reach: computed nodes become further parameters. */
export function closeGraph(
  outputs: readonly Node[],
  parameters: readonly Node[],
  queue: DeviceQueue,
): { graph: Graph; captured: Storage[] } {
  const own = new Set(parameters);
  const replaced = new Map<Node, Node>();
  const added: Node[] = [];
  const captured: Storage[] = [];
  const isLeaf = (node: Node): boolean => own.has(node) || isRealized(node);
  for (const node of sortNodes(outputs, isLeaf)) {
    if (own.has(node)) continue;
    const storage = storages.get(node);
    if (storage !== undefined) {
      const leaf = parameter(node.type);
      replaced.set(node, leaf);
      added.push(leaf);
      captured.push(moveTo(queue, storage));
    } else if (node.primitive.trait === "parameter") {
      throw new SinterError(
        "trace",
        "A tensor of a traced function was read, or kept after its trace. Inside jit and grad use operations only; return what you need.",
      );
    } else if (node.inputs.some((input) => replaced.has(input))) {
      replaced.set(node, { ...node, inputs: node.inputs.map((input) => replaced.get(input) ?? input) });
    }
  }
  const graph = {
    parameters: [...parameters, ...added],
    outputs: outputs.map((output) => replaced.get(output) ?? output),
    donations: outputs.map(() => -1),
  };
  return { graph, captured };
}

/** A program of a closed graph, which is simplified when it is compiled. @param constants parameters that seldom change */
export function programOf(graph: Graph, constants?: ReadonlySet<number>): Program {
  return { graph, finish, ...(constants === undefined ? {} : { constants }), executable: undefined };
}

function finish(graph: Graph): Graph {
  const simplified = simplifyGraph(graph.outputs, () => false, "final");
  return { ...graph, outputs: graph.outputs.map((output) => simplified.get(output) ?? output) };
}

/** The storage itself, or a copy on another device. */
export function moveTo(queue: DeviceQueue, storage: Storage): Storage {
  if (storage.queue === queue) return storage;
  return queue.receive(storage);
}

function isRealized(node: Node): boolean {
  return storages.has(node);
}

/** Equal for graphs of equal structure: the key of the cache of eager programs. */
function structureKey(graph: Graph): string {
  const numbers = new Map<Node, number>();
  graph.parameters.forEach((node, index) => numbers.set(node, index));
  const lines = graph.parameters.map((node) => `${node.type.dtype}${node.type.shape.join("x")}`);
  for (const node of sortNodes(graph.outputs)) {
    if (numbers.has(node)) continue;
    numbers.set(node, numbers.size);
    const inputs = node.inputs.map((input) => numbers.get(input)).join(",");
    lines.push(`${node.primitive.name}(${inputs})${attributesKey(node.attributes)}`);
  }
  return `${lines.join(";")}>${graph.outputs.map((output) => numbers.get(output)).join(",")}`;
}
