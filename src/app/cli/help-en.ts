// The texts of --help in English. {name} in braces is filled in.

/** By key; every other language has the same keys. */
export const helpEnglish = {
  program: "deep learning in TypeScript: from a folder of pictures to a trained classifier",
  helpHint: "(sinter --help and sinter COMMAND --help say what is known)",
  commandTrain: "train a classifier of pictures",
  commandEvaluate: "score a run on labelled pictures",
  commandPredict: "say what pictures show",
  commandSimilar: "find the pictures of a folder that look most like one",
  commandEmbed: "turn texts into vectors, by the folder of an encoder",
  commandGenerate: "write on from a text with a language model",
  commandData: "look through data before it is trained on",
  commandCheck: "find what would spoil a training: broken, double, leaking, wrongly named, tiny, blank pictures",
  commandReport: "write the report of a run: report.html, report.json, model-card.md",
  commandRate: "find a learning rate: train with a rate that rises until the loss diverges",
  commandRuns: "list the runs in a folder",
  commandInspect: "show what is in a run, a model or a file of tensors, whatever its format",
  commandConvert: "write a model or a file of tensors in another format",
  commandCompare: "show what differs between runs, and their scores side by side",
  commandDoctor: "say what was found on this machine, and what was chosen",
  argumentFolder: "folder of classes, or of train/, val/ and test/",
  argumentTestFolder: "folder of classes; its test/ (else val/) where it has one",
  argumentMovedFolder: "the data; default: where the run's config.json says",
  argumentPictures: "pictures, or folders of them",
  argumentPicture: "the picture",
  argumentPictureFolder: "folder of pictures, those in the folders below it too",
  argumentTexts: "a text file, one text a line, or a folder of .txt files",
  argumentRun: "folder that sinter train wrote",
  argumentRunOrFile: "a run, a model's folder, or a file",
  argumentConvertFrom: "a model or a file of tensors; its format is seen from its content",
  argumentConvertTo: "file to write, by its ending: {endings}; without ending a model's folder",
  argumentOtherRuns: "one or more others",
  argumentRuns: "folder that holds runs",
  flagDebug: "show the stack of an error",
  flagLanguage: "language of what people read, reports too",
  flagJsonEvents: "events as JSON lines on standard output",
  flagInputShape: "shape of one sample, where the file leaves sizes open",
  flagJsonObject: "one JSON object on standard output",
  flagJsonRuns: "one JSON object a run on standard output",
  flagJsonPictures: "one JSON object a line: file, label, probability, probabilities",
  flagJsonSimilar: "one JSON object a picture: file, similarity",
  flagJsonTexts: "one JSON object a text: name, text, embedding",
  flagJsonFindings: "one JSON object a line: the findings, then a summary",
  flagValidation: "the validation part",
  flagTest: "the test part",
  flagSplit: "share of each class split off for validation",
  flagImageSize: "height x width that pictures are resized to",
  flagBatchSize: "pictures a step",
  flagAugment: "none, light, standard or a .json file",
  flagOnBroken: "pictures that cannot be read",
  flagModel: "cnn, a known network (below), or a .ts or .js file that exports one",
  flagWeights:
    "file of a known network's weights to stand on: Keras's .h5, .weights.h5 or .keras, safetensors, a model's folder",
  flagFreeze:
    "layers of the base that never learn: all, none, or the first N; default: all, none with --fine-tune-epochs",
  flagFineTuneEpochs:
    "epochs of base and head together, after the head alone; default: 5 where not all layers stay frozen",
  flagFineTuneRate: "how far a step of them goes; default: 1e-5",
  flagVariants: "times that features of augmented pictures are computed; default: 4",
  flagFeatureModel: "a known network (below), or a run, a model's folder or a model's file",
  flagFeatureWeights: "file of a known network's weights",
  flagTopPictures: "pictures found at most",
  flagEmbedModel: "folder with config.json, model.safetensors and tokenizer.json of a BERT",
  flagEmbedOut: "file to write, by its ending: .npy, .safetensors, .csv",
  flagEmbedBatch: "texts a step",
  flagSeed: "of split, order, augmentation, first weights",
  flagThreads: "threads that compute; default: every core",
  flagEpochs: "passes over the training part; default: 20, with --weights 100 of the head alone",
  flagStepsPerEpoch: "steps an epoch; default: all pictures once",
  flagLearningRate: "how far a step goes; auto: as a range test suggests",
  flagBalance: "for classes of unequal size: none, weights, oversample",
  flagCache: "folder to keep decoded pictures in",
  flagCalibrate: "fit a temperature on the validation part, so that probabilities can be taken at their word",
  flagEarlyStopping: "stop after N epochs without a better one",
  flagFolds: "cross-validate: train N times, each time validating on another N-th",
  flagCheckpointSteps: "steps between checkpoints within an epoch; default: 5 minutes",
  flagTensorboard: "write event files for TensorBoard: into FOLDER/<name of the run>, or the run's own tensorboard/",
  flagOut: "folder to write; default: runs/train, runs/train-2, …",
  flagResume: "go on with a run that was ended, with the options that it was begun with",
  flagTop: "classes listed for each picture",
  flagTextModel:
    "a folder of transformers (GPT-2, Llama, Mistral, Qwen2), a .gguf file of a Llama, or an .npz of glassllm",
  flagPrompt: "the text to write on from; with --chat what the user says",
  flagMaxTokens: "tokens to write at most",
  flagTemperature: "below 1 the likely becomes likelier; 0 always takes the likeliest",
  flagTopK: "choose among the K likeliest tokens",
  flagTopP: "choose among the fewest tokens whose probabilities sum to P",
  flagRepetitionPenalty: "above 1 makes tokens that came before less likely",
  flagGenerateSeed: "the same seed writes the same text",
  flagStop: "end before this text; may be given several times",
  flagChat: "answer the prompt by the model's chat template",
  flagSystem: "with --chat: what the model is told first",
  flagShow: "findings shown of each kind",
  flagReportOut: "where the page is written; default: report.html in the run",
  flagReportCheck: "look for faults in the data, and tell them in the report",
  flagRateFrom: "the first rate",
  flagRateTo: "the last rate",
  flagRateSteps: "steps from the first to the last",
  flagRateOut: "folder to write {json} and {svg} to; default: nothing is written",
  flagTo: "the format to write; default: what the ending says",
  flagForce: "write over a file that is there",
  flagRound: "round 64-bit floats, which are refused otherwise, to 32 bits",
  flagSort: "the newest or the best first",
  flagOn: "ask all runs about the same labelled pictures, and test whether they differ",
  afterCheck: `
Exit code 1 where something is serious: {kinds}. Nothing is changed.`,
  afterTrain: `
FOLDER holds one folder of pictures a class. With train/ and val/ (valid/, validation/) or test/ inside, these are the
parts; else a validation part is split off. The validation part chooses the epoch; the test part is read once, at the end.

Examples:
  sinter train photos --epochs 10 --augment light
  sinter train photos --tensorboard logs    (then: tensorboard --logdir logs)
  sinter train photos --model my-model.ts --image-size 64x64 --out runs/mine
  sinter train photos --model vgg16 --weights vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5 --fine-tune-epochs 5

Known networks: {networks}.
With --weights the features of the frozen base are computed once, a head is trained on them in seconds, and then, where asked
for, base and head together, slowly.`,
  afterConvert: `
Nothing is executed and nothing that is there is written over. What the new format does not keep is said.

Examples:
  sinter convert weights.pth weights.safetensors
  sinter convert model.keras my-model
  sinter convert my-model model.keras`,
  afterSimilar: `
Each line is a picture and the cosine of the angle between what the network sees in both: 1 for the same. All pictures are compared.

Examples:
  sinter similar cat.jpg photos --model vgg16 --weights vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5
  sinter similar cat.jpg photos --model runs/train

Known networks: {networks}.`,
  afterEmbed: `
Texts longer than the model reads are cut. Without --out the nearest other text of each is shown, with the cosine of their vectors.

Examples:
  sinter embed questions.txt --model all-MiniLM-L6-v2
  sinter embed mails --model all-MiniLM-L6-v2 --out mails.npy`,
  afterGenerate: `
The new text is written to standard output, piece by piece. It ends after --max-tokens, where the model ends it, before a --stop
text, or where the model's context is full. Nothing is downloaded.

Examples:
  sinter generate --model gpt2 --prompt "Once upon a time" --temperature 0.8 --top-p 0.95 --seed 1
  sinter generate --model llama.gguf --chat --prompt "Who are you?" --max-tokens 200`,
  afterReport: `
Writes report.html (one file, no network), report.json (every number) and model-card.md into the run, or beside --out.
FOLDER is the data the run was made with; give it when it has moved since.

Examples:
  sinter report runs/train
  sinter report runs/train photos --language zh --check --out report/report.html`,
};
