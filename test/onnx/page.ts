// docs/onnx.md: what of ONNX is computed, and what of its own test suite does not pass, with the reasons.

import type { Outcome } from "./cases.ts";

/** Why a case cannot pass or need not; the first that fits its name. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/^test_training_dropout|^test_bernoulli/, "random numbers of NumPy's generator are expected"],
  [/^test_image_decoder/, "pictures are decoded by sinter's data sets, not inside models"],
  [
    /^test_cast(like)?_FLOAT_to_BFLOAT16/,
    "the stored outputs are cut off; ONNX's text and sinter round to the nearest even",
  ],
  [/^test_dft_inverse/, "rounding errors of the reference (2e-7) are compared with 0 at 1e-7"],
  [
    /^test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_True/,
    "places that only rounding up adds are counted as padding there; sinter, as PyTorch, does not count them",
  ],
  [/^test_qlinearmatmul_.*int8/, "sums that overflow wrap around there; sinter saturates, as ONNX's text says"],
  [/^test_operator_add/, "f64 that f32 cannot hold"],
  [/^test_ai_onnx_ml|_ml_|^test_adagrad|^test_adam|^test_momentum|^test_nesterov/, "another domain"],
  [/FLOAT8|e4m3|e5m2/, "floats of 8 bits"],
  [/INT4|int4/, "integers of 4 bits"],
  [/string|STRING|regex|strnorm/, "texts"],
];

/** Outcomes by device, then by group. */
type Outcomes = ReadonlyMap<string, ReadonlyMap<string, readonly Outcome[]>>;

/** The page. What does not pass is said of the interpreter, which every other device must equal. */
export function page(outcomes: Outcomes, operators: readonly string[]): string {
  const oracle = outcomes.get("js") ?? new Map<string, readonly Outcome[]>();
  const node = oracle.get("node") ?? [];
  const devices = [...outcomes.keys()];
  return [
    "# ONNX",
    "",
    "`loadOnnx(path)` reads opset 9 to 22 (`sinter/formats`). This page is written by `npx vitest run --config test/onnx/vitest.config.ts`.",
    "",
    "Held as something else: i64 as 32-bit integers whose range is checked, f64 as f32, integers of 8 and 16 bits as 32-bit integers",
    "that wrap around. Not read: complex numbers, floats of 8 bits, integers of 4 bits, sparse constants, the domains ai.onnx.ml and",
    "ai.onnx.preview.training. Control flow and operators whose shapes depend on data run on the host, between compiled programs.",
    "",
    "## What a file may ask for",
    "",
    'A file of 1 KiB can ask for any memory and run for ever. `loadOnnx(path, { maxElements, maxSteps })` bounds both, with an error of code "limit"',
    "that names the option: `maxElements` counts one value, and all that a run holds between its programs (2^28, or 64 times the inputs and constants);",
    "`maxSteps` counts nodes, in loops once a round, large results there as more (2^20). What the host computes one by one ends at 2^24 elements, and a",
    "node becomes at most 1024 parts. `run(inputs, { signal })` stops between two programs; one program is not interrupted.",
    "",
    "## ONNX 1.17's test suite",
    "",
    `| group | of | ${devices.join(" | ")} |`,
    `|---|---|${devices.map(() => "---").join("|")}|`,
    ...rowsOf(outcomes),
    "",
    "Cases that pass. Our types are f32, f16, bf16, i32, i64, u8 and bool. An operator that is not computed counts as failed. `js` is the",
    "interpreter, which photos through deep networks (light) are too slow for.",
    "",
    "### Of our types, not passed",
    "",
    ...listed(node.filter(({ isCounted }) => isCounted)),
    "",
    "### Of other types, not passed",
    "",
    ...listed(node.filter(({ isCounted }) => !isCounted)),
    "",
    "### Of the other groups, not passed",
    "",
    ...listed([...oracle].flatMap(([group, list]) => (group === "node" ? [] : list))),
    "",
    "## Operators",
    "",
    operators.join(", "),
    "",
  ].join("\n");
}

function rowsOf(outcomes: Outcomes): string[] {
  const devices = [...outcomes.values()];
  const groups = new Set(devices.flatMap((groups) => [...groups.keys()]));
  return [...groups].flatMap((group) => {
    const lists = devices.map((own) => own.get(group));
    const whole = row(group === "node" ? "node, all" : group, lists);
    if (group !== "node") return [whole];
    return [
      row(
        "node, of our types",
        lists.map((list) => list?.filter(({ isCounted }) => isCounted)),
      ),
      whole,
    ];
  });
}

/** A group on each device. */
function row(group: string, lists: readonly (readonly Outcome[] | undefined)[]): string {
  const size = lists.find((list) => list !== undefined)?.length ?? 0;
  const passed = lists.map((list) => list?.filter(({ status }) => status === "passed").length ?? "");
  return `| ${[group, size, ...passed].join(" | ")} |`;
}

/** Cases by reason. */
function listed(outcomes: readonly Outcome[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { name, status, reason } of outcomes) {
    if (status === "passed") continue;
    const known = reasons.find(([pattern]) => pattern.test(name))?.[1] ?? reason.split(". ")[0] ?? reason;
    byReason.set(known, [...(byReason.get(known) ?? []), name.replace("test_", "")]);
  }
  return [...byReason].map(([reason, names]) => `- ${reason}: ${names.join(", ")}`);
}
