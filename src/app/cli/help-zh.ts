// The texts of --help in Chinese.

import type { helpEnglish } from "./help-en.ts";

/** The same keys as in English: a missing one does not compile. */
export const helpChinese: Readonly<Record<keyof typeof helpEnglish, string>> = {
  program: "TypeScript 深度学习：从图片文件夹到训练好的分类器",
  helpHint: "（可用的命令和选项见 sinter --help 与 sinter COMMAND --help）",
  commandTrain: "训练图片分类器",
  commandEvaluate: "在带标签的图片上给一次运行打分",
  commandPredict: "判断图片的内容",
  commandSimilar: "在文件夹中找出与某张图片最相似的图片",
  commandEmbed: "用编码器文件夹把文本变成向量",
  commandGenerate: "用语言模型续写文本",
  commandData: "训练前查看数据",
  commandCheck: "找出会破坏训练的问题：损坏、重复、泄漏、扩展名有误、过小、空白的图片",
  commandReport: "写出一次运行的报告：report.html、report.json、model-card.md",
  commandRate: "寻找学习率：学习率逐步升高，直到损失发散",
  commandRuns: "列出文件夹中的各次运行",
  commandInspect: "查看一次运行、一个模型或张量文件的内容，格式不限",
  commandConvert: "把模型或张量文件写成另一种格式",
  commandCompare: "列出各次运行的不同之处，并排比较得分",
  commandDoctor: "列出本机的情况以及所选的设备",
  argumentFolder: "内含各类别文件夹，或 train/、val/ 和 test/",
  argumentTestFolder: "内含各类别文件夹；若有 test/（否则 val/）则使用它",
  argumentMovedFolder: "数据；默认：运行的 config.json 所记的位置",
  argumentPictures: "图片，或图片所在的文件夹",
  argumentPicture: "图片",
  argumentPictureFolder: "图片文件夹，包括其下各级文件夹中的图片",
  argumentTexts: "文本文件（每行一段文本），或 .txt 文件所在的文件夹",
  argumentRun: "sinter train 写出的文件夹",
  argumentRunOrFile: "一次运行、模型文件夹，或一个文件",
  argumentConvertFrom: "模型或张量文件；格式由内容判断",
  argumentConvertTo: "要写的文件，按扩展名决定格式：{endings}；没有扩展名时写成模型文件夹",
  argumentOtherRuns: "其他一次或多次运行",
  argumentRuns: "存放各次运行的文件夹",
  flagDebug: "显示错误的调用栈",
  flagLanguage: "输出与报告的语言",
  flagJsonEvents: "在标准输出上逐行写出 JSON 事件",
  flagInputShape: "一个样本的形状，用于文件未定大小的情况",
  flagJsonObject: "在标准输出上写出一个 JSON 对象",
  flagJsonRuns: "在标准输出上为每次运行写出一个 JSON 对象",
  flagJsonPictures: "每行一个 JSON 对象：file、label、probability、probabilities",
  flagJsonSimilar: "每张图片一个 JSON 对象：file、similarity",
  flagJsonTexts: "每段文本一个 JSON 对象：name、text、embedding",
  flagJsonFindings: "每行一个 JSON 对象：先是各个问题，最后是汇总",
  flagValidation: "验证集",
  flagTest: "测试集",
  flagSplit: "从每个类别划出用于验证的比例",
  flagImageSize: "图片缩放到的高 x 宽",
  flagBatchSize: "每一步的图片数",
  flagAugment: "none、light、standard 或 .json 文件",
  flagOnBroken: "遇到无法读取的图片时：略过或报错",
  flagModel: "cnn、已知网络（见下），或导出模型的 .ts、.js 文件",
  flagWeights: "已知网络的权重文件，作为训练的基础：Keras 的 .h5、.weights.h5 或 .keras，safetensors，模型文件夹",
  flagFreeze: "基础网络中始终不学习的层：all、none 或前 N 层；默认：all，给出 --fine-tune-epochs 时为 none",
  flagFineTuneEpochs: "先只训练分类头，之后基础网络与分类头一起训练的轮数；默认：并非所有层都冻结时为 5",
  flagFineTuneRate: "此时每一步的步长；默认：1e-5",
  flagVariants: "对增强后的图片计算特征的次数；默认：4",
  flagFeatureModel: "已知网络（见下），或训练结果、模型文件夹、模型文件",
  flagFeatureWeights: "已知网络的权重文件",
  flagTopPictures: "最多找出的图片数",
  flagEmbedModel: "内含 BERT 的 config.json、model.safetensors 和 tokenizer.json 的文件夹",
  flagEmbedOut: "要写的文件，由扩展名决定格式：.npy、.safetensors、.csv",
  flagEmbedBatch: "每一步的文本数",
  flagSeed: "用于划分、顺序、数据增强和初始权重的种子",
  flagThreads: "计算线程数；默认：所有核心",
  flagEpochs: "训练集的遍数；默认：20，给出 --weights 时分类头训练 100 轮",
  flagStepsPerEpoch: "每轮的步数；默认：所有图片各一次",
  flagLearningRate: "每一步的步长；auto：取范围测试的建议",
  flagBalance: "用于各类图片数不等：none、weights、oversample",
  flagCache: "存放已解码图片的文件夹",
  flagCalibrate: "在验证集上拟合温度，使概率可信",
  flagEarlyStopping: "连续 N 轮没有更好的结果时停止",
  flagFolds: "交叉验证：训练 N 次，每次用另外的 N 分之一来验证",
  flagCheckpointSteps: "一轮之内相邻检查点的步数；默认：5 分钟",
  flagTensorboard: "为 TensorBoard 写事件文件：写入 FOLDER/<运行名>，不给 FOLDER 则写入运行的 tensorboard/",
  flagOut: "写入的文件夹；默认：runs/train、runs/train-2……",
  flagResume: "沿用原来的选项，继续一次中断的运行",
  flagTop: "每张图片列出的类别数",
  flagTextModel: "transformers 的文件夹（GPT-2、Llama、Mistral、Qwen2）、Llama 的 .gguf 文件，或 glassllm 的 .npz 文件",
  flagPrompt: "要续写的文本；与 --chat 同用时为用户所说的话",
  flagMaxTokens: "最多写多少个词元",
  flagTemperature: "小于 1 时更偏向可能的词元；0 总取最可能的词元",
  flagTopK: "只在最可能的 K 个词元中选择",
  flagTopP: "只在概率之和达到 P 的最少几个词元中选择",
  flagRepetitionPenalty: "大于 1 时出现过的词元不易再出现",
  flagGenerateSeed: "种子相同，写出的文本也相同",
  flagStop: "遇到这段文本之前停下；可多次给出",
  flagChat: "按模型的对话模板回答",
  flagSystem: "与 --chat 同用：先告诉模型的话",
  flagShow: "每种问题显示的个数",
  flagReportOut: "网页写到哪里；默认：运行中的 report.html",
  flagReportCheck: "查找数据中的问题，并写进报告",
  flagRateFrom: "最初的学习率",
  flagRateTo: "最后的学习率",
  flagRateSteps: "从最初到最后的步数",
  flagRateOut: "{json} 和 {svg} 写入的文件夹；默认：不写",
  flagTo: "要写的格式；默认由扩展名决定",
  flagForce: "覆盖已有的文件",
  flagRound: "把 64 位浮点数舍入为 32 位，否则会被拒绝",
  flagSort: "最新的在前，或最好的在前",
  flagOn: "让各次运行判断同一批带标签的图片，并检验差异",
  afterCheck: `
有严重问题（{kinds}）时退出码为 1。不会改动任何文件。`,
  afterTrain: `
FOLDER 中每个类别一个图片文件夹。其中若有 train/ 以及 val/（valid/、validation/）或 test/，就按这些部分使用；
否则划出一部分作为验证集。验证集用来选择轮次；测试集只在最后读取一次。

示例：
  sinter train photos --epochs 10 --augment light
  sinter train photos --tensorboard logs    （随后：tensorboard --logdir logs）
  sinter train photos --model my-model.ts --image-size 64x64 --out runs/mine
  sinter train photos --model vgg16 --weights vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5 --fine-tune-epochs 5

已知网络：{networks}。
给出 --weights 时，冻结的基础网络的特征只计算一次，分类头在几秒内训练完成；之后按需以很小的步长一起训练基础网络与分类头。`,
  afterConvert: `
不执行任何代码，也不覆盖已有的文件。新格式不保留的内容会说明。

示例：
  sinter convert weights.pth weights.safetensors
  sinter convert model.keras my-model
  sinter convert my-model model.keras`,
  afterSimilar: `
每行是一张图片，以及网络对两张图片所见特征夹角的余弦：相同则为 1。文件夹中的每张图片都会比较。

示例：
  sinter similar cat.jpg photos --model vgg16 --weights vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5
  sinter similar cat.jpg photos --model runs/train

已知网络：{networks}。`,
  afterEmbed: `
超过模型长度的文本会被截断。不给 --out 时，显示与每段文本最接近的另一段，以及两个向量的余弦。

示例：
  sinter embed questions.txt --model all-MiniLM-L6-v2
  sinter embed mails --model all-MiniLM-L6-v2 --out mails.npy`,
  afterGenerate: `
新写的文本逐段写到标准输出。到 --max-tokens、模型自己结束、遇到 --stop 的文本之前，或模型的上下文已满时停下。不会下载任何内容。

示例：
  sinter generate --model gpt2 --prompt "从前" --temperature 0.8 --top-p 0.95 --seed 1
  sinter generate --model llama.gguf --chat --prompt "你是谁？" --max-tokens 200`,
  afterReport: `
把 report.html（单个文件，无需联网）、report.json（所有数值）和 model-card.md 写入运行的文件夹，或 --out 所在之处。
FOLDER 是该运行所用的数据；数据移动过时请给出。

示例：
  sinter report runs/train
  sinter report runs/train photos --language zh --check --out report/report.html`,
};
