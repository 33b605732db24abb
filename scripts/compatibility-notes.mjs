// What docs/compatibility.md says beside the lists: how a name differs from Keras's, and why one is absent. A name that sinter's
// lists have needs no line here.

const base = (how) => ({ differs: how });
const mixedPrecision = "sinter computes in float32, where scaling the loss changes nothing";
const foreign = "it runs another library's layers, and sinter has no other library beside it";
const lastAxis =
  "labels and outputs are compared along the last axis, which is the only one that Keras takes on TensorFlow";

/** By group and Keras's name: `differs` says how, `as` what it is called here; `absent` says why. */
export const notes = {
  layers: {
    Layer: {
      ...base("a layer of one's own is made of functions: weights, output types and a pure call"),
      as: "makeLayer",
    },
    Input: {
      ...base("it is both the first layer of a row and the symbolic value of a functional model"),
      as: "layers.input",
    },
    InputLayer: { ...base("`layers.input` makes it"), as: "layers.input" },
    InputSpec: { absent: "a layer says what it takes in its output types, and refuses the rest there" },
    Wrapper: { absent: "layers are plain data and functions: a wrapper is a function from a layer to a layer" },
    FlaxLayer: { absent: foreign },
    JaxLayer: { absent: foreign },
    TorchModuleWrapper: { absent: foreign },
    TFSMLayer: { absent: foreign },
    StringLookup: { ...base("texts are no tensors: an object makes rows of numbers of them"), as: "stringLookup" },
    TextVectorization: {
      ...base("texts are no tensors: an object makes rows of numbers of them"),
      as: "textVectorization",
    },
    MaxNumBoundingBoxes: { absent: "there are no bounding boxes in the data sets" },
    CutMix: { ...base("pictures are changed by the data set"), as: "imageFolder({ augment: { cutmix } })" },
    MixUp: { ...base("pictures are changed by the data set"), as: "imageFolder({ augment: { mixup } })" },
    STFTSpectrogram: { absent: "sound is not among the data that sinter reads" },
    MelSpectrogram: { absent: "sound is not among the data that sinter reads" },
  },
  losses: {
    Loss: { ...base("a loss is plain data with its kind and options, so that a model file holds it"), as: "type Loss" },
    CategoricalCrossentropy: base(lastAxis),
    SparseCategoricalCrossentropy: base(lastAxis),
    CategoricalFocalCrossentropy: base(lastAxis),
    BinaryCrossentropy: base(lastAxis),
    BinaryFocalCrossentropy: base(lastAxis),
    CTC: base("labels that are too long for the time have an infinite loss, so that the step is left out"),
  },
  metrics: {
    Metric: { ...base("a metric is an object with a state and a pure update"), as: "type Metric" },
    Accuracy: base("it chooses the binary, sparse or categorical accuracy, as Keras's compile does by this name"),
    F1Score: base(
      '`average` is "macro" by default, since logs hold single numbers; of equal largest outputs the first counts',
    ),
    FBetaScore: base(
      '`average` is "macro" by default, since logs hold single numbers; of equal largest outputs the first counts',
    ),
    SparseTopKCategoricalAccuracy: base("without fromSortedIds"),
    R2Score: base("constant labels give 1 for exact predictions, else 0, where Keras gives NaN or 0"),
    Mean: base("it is the mean of the predictions"),
    Sum: base("it is the sum of the predictions"),
    MeanMetricWrapper: base("`fn` is a loss or its name, so that a model file holds it"),
    PearsonCorrelation: base("`axis` may be any but that of the batch"),
    ConcordanceCorrelation: base("`axis` may be any but that of the batch"),
    BinaryCrossentropy: base(lastAxis),
    CategoricalCrossentropy: base(lastAxis),
    SparseCategoricalCrossentropy: base(lastAxis),
  },
  optimizers: {
    Optimizer: { ...base("an optimizer of one's own is made of its rule for one weight"), as: "makeOptimizer" },
    LossScaleOptimizer: { absent: mixedPrecision },
    MultiOptimizer: base(
      "the patterns are an option of its own; the model's rate is the first optimizer's, and setting it scales the others'",
    ),
    OptimizerMap: { ...base("it is an option of multiOptimizer"), as: "multiOptimizer({ optimizers })" },
    ScheduleFreeAdamW: base(
      "it takes the momentum before its update, as the paper and Keras on JAX; Keras on TensorFlow reads it after",
    ),
    Adafactor: base(
      "where a gradient is 0 the step is 0, also where the mean of squares underflows and Keras gives NaN",
    ),
  },
  schedules: {
    LearningRateSchedule: { ...base("a schedule is plain data, one of the kinds listed here"), as: "type Schedule" },
  },
  initializers: {
    Initializer: { ...base("an initializer is plain data, one of the kinds listed here"), as: "type Initializer" },
    STFT: { absent: "it is the kernel of STFTSpectrogram, which is absent" },
  },
  regularizers: {
    Regularizer: { ...base("a regularizer is plain data, one of the kinds listed here"), as: "type Regularizer" },
  },
  constraints: {
    Constraint: { ...base("a constraint is plain data, one of the kinds listed here"), as: "type Constraint" },
  },
  callbacks: {
    Callback: { ...base("a callback is an object with the functions that it wants called"), as: "type Callback" },
    CallbackList: { absent: "fit takes a list of callbacks" },
    History: { ...base("fit gives it"), as: "await model.fit(…)" },
    ProgbarLogger: { ...base("it is an option of fit"), as: "fit({ verbose })" },
    BackupAndRestore: {
      ...base("it is an option of fit, which goes on with the bits of a run that was never ended"),
      as: "fit({ checkpoints })",
    },
    OrbaxCheckpoint: { absent: "it writes a format of JAX's; models are saved as safetensors" },
    TensorBoard: base(
      "it draws the layers, not the operations, and pictures of weights from their least value to their greatest; batch_… of " +
        "metrics are up to 100 ms old; profiles and embeddings are not written",
    ),
    RemoteMonitor: { absent: "the library opens no network connection; a lambdaCallback may, with fetch" },
    SwapEMAWeights: base("it swaps during the validation of fit; evaluate and predict take no callbacks"),
    ModelCheckpoint: base("it saves a folder with the whole model; saveWeightsOnly is not there"),
    CSVLogger: base("its columns are named as the logs are: valLoss"),
  },
  activations: {},
};

/** Why layers are absent whose families sinter has not: the first pattern that fits. */
export const families = {
  layers: [
    [
      /^(Random|Auto|Aug|Equalization|Contrast|Solarization)/,
      "pictures are changed by the data set, which has no such change yet",
    ],
    [
      /(Lookup|Hashing|Hashed|TextVectorization|CategoryEncoding|Discretization)/,
      "tables and texts are made numbers before they are a model's input",
    ],
    [/./, "not written yet"],
  ],
};

/** What holds for a whole group, before its table. */
export const remarks = {
  layers:
    "Left out everywhere: `sparse`, since there are no sparse tensors; `loraRank`, `loraAlpha`, `quantizationConfig` and `gptqUnpackedColumnSize`, which change weights and not a layer; `useCudnn`, " +
    "`flashAttention` and `reverseDtype`, since the compiler chooses; `weights` of bidirectional, for which setWeights is; `numBins` and `epsilon` of discretization, which `binBoundariesOf` learns; `vocabularyDtype`.",
  optimizers:
    "`lossScaleFactor` is absent everywhere: sinter computes in float32, where scaling the loss changes nothing. A learning rate is a number or a schedule.",
  losses: '`reduction` is Keras\'s but for "none", which is no loss of a batch.',
  metrics: "A metric's own name is its kind in camelCase; sample weights weigh the loss and `weightedMetrics`.",
};

/** Names without numbers to compare, and what holds them instead. */
export const untested = {
  layers: {
    dropout: "its masks are drawn anew: laws hold its share and its scale",
    input: "it computes nothing",
    lambda: "what it computes is the user's own",
    randomColorJitter: "it applies other random layers, which have golden cases, one after another",
  },
  initializers: {},
};

/** Layers of the table that no file of Keras's holds by themselves, and why: all others are read from one and written into one. */
export const unstored = {
  lambda: "it is Python code there and a function here: the reader refuses it by name",
  stackedRnnCells: "it stands in the files of rnn, as its cells",
};

/** Words under which golden files hold a name, where they are other words. */
export const heldAs = {
  layers: {
    spectralNormalization: "spectral",
    randAugment: "randAugmentOperations",
    stackedRnnCells: "rnnStacked",
    reversibleEmbedding: "reversible",
  },
  callbacks: { tensorBoard: "tensorboard" },
};
