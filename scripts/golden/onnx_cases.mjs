// Some of ONNX 1.17.0's own test cases (Apache-2.0) in one file: test/golden/onnx-cases.json, for `npm test`.
// Run: node scripts/fetch-data.mjs onnx-1.17; node scripts/golden/onnx_cases.mjs
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = ".data/onnx-1.17";
/** Groups and the cases taken from them: at least one of each family of operators, and all kinds of control flow. */
const taken = {
  node: [
    "add_bcast",
    "argmax_keepdims_example",
    "atan_example",
    "averagepool_2d_ceil",
    "basic_conv_with_padding",
    "batchnorm_example",
    "bitshift_left_uint8",
    "cast_FLOAT_to_FLOAT16",
    "center_crop_pad_crop_and_pad",
    "clip_example",
    "col2im",
    "compress_0",
    "concat_1d_axis_0",
    "constantofshape_int_zeros",
    "conv_with_autopad_same",
    "convinteger_with_padding",
    "convtranspose_pad",
    "cumsum_1d",
    "depthtospace_example",
    "dequantizelinear_axis",
    "dynamicquantizelinear",
    "einsum_inner_prod",
    "equal_string",
    "expand_dim_changed",
    "gather_elements_0",
    "gathernd_example_int32",
    "gelu_tanh_1",
    "gemm_beta",
    "gridsample_bilinear",
    "gru_defaults",
    "identity_opt",
    "if",
    "if_opt",
    "if_seq",
    "instancenorm_example",
    "layer_normalization_default_axis",
    "loop11",
    "loop13_seq",
    "loop16_seq_none",
    "lrn",
    "lstm_with_peepholes",
    "matmulinteger",
    "maxpool_2d_uint8",
    "maxpool_with_argmax_2d_precomputed_strides",
    "maxunpool_export_with_output_shape",
    "mod_mixed_sign_int32",
    "nllloss_NC",
    "nonmaxsuppression_two_classes",
    "nonzero_example",
    "onehot_with_axis",
    "optional_get_element_sequence",
    "pow_example",
    "prelu_broadcast",
    "qlinearconv",
    "qlinearmatmul_2D_uint8_float32",
    "quantizelinear_axis",
    "range_float_type_positive_delta_expanded",
    "reduce_l2_keep_dims_example",
    "reflect_pad",
    "reshape_zero_and_negative_dim",
    "resize_upsample_scales_linear",
    "resize_downsample_sizes_nearest",
    "reversesequence_batch",
    "rnn_seq_length",
    "roialign_aligned_false",
    "scan9_sum",
    "scan_sum",
    "scatter_elements_with_duplicate_indices",
    "scatternd_add",
    "sequence_insert_at_back",
    "sequence_map_add_1_sequence_1_tensor",
    "slice_neg_steps",
    "softmax_axis_0",
    "split_variable_parts_1d_opset18",
    "split_to_sequence_1",
    "stft",
    "sub_uint8",
    "tfidfvectorizer_tf_batch_uniandbigrams_skip5",
    "top_k",
    "tril",
    "unique_sorted_with_axis",
    "unsqueeze_two_axes",
    "where_long_example",
    "xor_bcast3v1d",
  ],
  "pytorch-operator": ["operator_lstm", "operator_rnn", "operator_addmm", "operator_chunk", "operator_index"],
  simple: ["sequence_model1", "sequence_model5", "expand_shape_model1", "strnorm_model_nostopwords_nochangecase"],
};
const maxBytes = 16 * 1024;

const cases = {};
for (const [group, names] of Object.entries(taken)) {
  const known = new Set(readdirSync(join(root, group)));
  for (const name of names) {
    const folder = join(root, group, `test_${name}`);
    if (!known.has(`test_${name}`)) {
      console.error(`${group}: no case ${name}`);
      continue;
    }
    const files = readdirSync(folder, { recursive: true }).filter((file) => /\.(onnx|pb)$/.test(file));
    const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    if (bytes > maxBytes) console.error(`${name}: ${bytes} bytes, left out`);
    else
      cases[name] = Object.fromEntries(
        files
          .toSorted((a, b) => (a < b ? -1 : 1))
          .map((file) => [file, readFileSync(join(folder, file)).toString("base64")]),
      );
  }
}
writeFileSync(
  "test/golden/onnx-cases.json",
  `${JSON.stringify({ source: "onnx 1.17.0, backend/test/data, Apache-2.0", cases }, undefined, 1)}\n`,
);
