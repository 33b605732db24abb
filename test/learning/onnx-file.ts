// Reads what tests look at in an ONNX file: a plain reader of protocol buffers, apart from the library's own.

export interface FileNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly bodies: readonly FileGraph[];
}

export interface FileGraph {
  readonly nodes: readonly FileNode[];
  readonly initializers: ReadonlyMap<string, { readonly dims: readonly number[]; readonly data: Uint8Array }>;
  readonly inputs: ReadonlyMap<string, readonly (number | string)[]>;
  readonly outputs: ReadonlyMap<string, readonly (number | string)[]>;
}

export interface OnnxFile {
  readonly irVersion: number;
  readonly opset: number;
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly graph: FileGraph;
}

type Field = number | Uint8Array;

/** The fields of a message, by number. */
export function fieldsOf(bytes: Uint8Array): Map<number, Field[]> {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(bytes[at++] ?? 0);
      value |= (byte & 0x7fn) << shift;
      if (byte < 0x80n) return Number(BigInt.asIntN(64, value));
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const length = key % 8 === 0 ? 0 : key % 8 === 5 ? 4 : varint();
    const value = key % 8 === 0 ? varint() : bytes.subarray(at, at + length);
    at += length;
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
  }
  return fields;
}

function messages(fields: ReadonlyMap<number, readonly Field[]>, number: number): Map<number, Field[]>[] {
  return (fields.get(number) ?? []).map((field) => fieldsOf(field as Uint8Array));
}

function texts(fields: ReadonlyMap<number, readonly Field[]>, number: number): string[] {
  return (fields.get(number) ?? []).map((field) => new TextDecoder().decode(field as Uint8Array));
}

function numbers(fields: ReadonlyMap<number, readonly Field[]>, number: number): number[] {
  return (fields.get(number) ?? []).map(Number);
}

export function readOnnx(bytes: Uint8Array): OnnxFile {
  const model = fieldsOf(bytes);
  const entries = messages(model, 14).map((entry) => [texts(entry, 1)[0], texts(entry, 2)[0]]);
  return {
    irVersion: numbers(model, 1)[0] ?? 0,
    opset: messages(model, 8).flatMap((entry) => numbers(entry, 2))[0] ?? 0,
    producer: texts(model, 2)[0] ?? "",
    metadata: Object.fromEntries(entries),
    graph: graphOf(messages(model, 7)[0] ?? new Map()),
  };
}

function graphOf(fields: ReadonlyMap<number, readonly Field[]>): FileGraph {
  const nodes = messages(fields, 1).map((node) => ({
    operator: texts(node, 4)[0] ?? "",
    inputs: texts(node, 1),
    outputs: texts(node, 2),
    bodies: messages(node, 5).flatMap((attribute) => messages(attribute, 6).map(graphOf)),
  }));
  const initializers = messages(fields, 5).map((tensor) => {
    const data = tensor.get(9)?.[0] ?? new Uint8Array();
    return [texts(tensor, 8)[0] ?? "", { dims: numbers(tensor, 1), data: data as Uint8Array }] as const;
  });
  const values = (number: number) => new Map(messages(fields, number).map(valueOf));
  return { nodes, initializers: new Map(initializers), inputs: values(11), outputs: values(12) };
}

function valueOf(info: ReadonlyMap<number, readonly Field[]>): readonly [string, (number | string)[]] {
  const [tensor = new Map<number, Field[]>()] = messages(info, 2).flatMap((type) => messages(type, 1));
  const dims = messages(tensor, 2).flatMap((shape) => messages(shape, 1));
  return [texts(info, 1)[0] ?? "", dims.map((dim) => texts(dim, 2)[0] ?? numbers(dim, 1)[0] ?? 0)];
}

/** The first thing wrong with the names of a graph: each value is made once, before it is taken. */
export function namingFault(graph: FileGraph, outer: ReadonlySet<string> = new Set()): string | undefined {
  const known = new Set([...outer, ...graph.inputs.keys(), ...graph.initializers.keys()]);
  for (const { operator, inputs, outputs, bodies } of graph.nodes) {
    const unknown = inputs.find((name) => name !== "" && !known.has(name));
    if (unknown !== undefined) return `${operator} takes ${unknown}`;
    for (const body of bodies) {
      const fault = namingFault(body, known);
      if (fault !== undefined) return fault;
    }
    for (const name of outputs) {
      if (known.has(name)) return `${name} is made twice`;
      known.add(name);
    }
  }
  return [...graph.outputs.keys()].find((name) => !known.has(name));
}

/** Operators of a graph and of the bodies in it. */
export function operatorsOf({ nodes }: FileGraph): string[] {
  return nodes.flatMap(({ operator, bodies }) => [operator, ...bodies.flatMap(operatorsOf)]);
}
