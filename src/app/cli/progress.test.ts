import { expect, test } from "vitest";
import {
  describeMetrics,
  describeStep,
  formatDuration,
  formatNumber,
  ProgressLine,
  type LineTarget,
} from "./progress.ts";
import { displayWidth } from "./output.ts";
import { cliTexts } from "./texts.ts";

const texts = cliTexts("en");
const chinese = cliTexts("zh");

/** A terminal that keeps what was written, with a clock of its own. */
function terminal(isLive: boolean, numColumns = 200): LineTarget & { text: string; time: number } {
  const target = {
    text: "",
    time: 0,
    isLive,
    hasColor: false,
    numColumns: () => numColumns,
    now: () => target.time,
    write: (text: string) => {
      target.text += text;
    },
  };
  return target;
}

const report = {
  epoch: 2,
  numEpochs: 3,
  step: 10,
  numSteps: 20,
  batchSize: 32,
  metrics: { loss: 0.5, accuracy: 0.75 },
};

test("a step says where it is, what is left, how fast and how good", () => {
  expect(describeStep(texts, report, 0.5)).toBe(
    "epoch 2/3  step 10/20  15 s left  64 images/s  loss 0.5000  accuracy 0.7500",
  );
});

test("in Chinese, too, with the names of metrics that are known", () => {
  const metrics = { ...report.metrics, myOwn: 1 };
  expect(describeStep(chinese, { ...report, metrics }, 30)).toBe(
    "第 2/3 轮  第 10/20 步  剩余 15 分 0 秒  每秒 1.1 张  损失 0.5000  准确率 0.7500  myOwn 1.0000",
  );
});

test("the first step has no speed yet", () => {
  expect(describeStep(texts, report, undefined)).not.toMatch(/left|images/);
});

test("a terminal's line is written over, and taken away at the end", () => {
  const target = terminal(true);
  const line = new ProgressLine(target, texts);
  for (let step = 1; step <= 20; step += 1) {
    target.time += 60;
    line.step({ ...report, step });
  }
  expect(target.text).not.toContain("\n");
  expect(target.text.split("\r").length - 1).toBeLessThanOrEqual(12);
  expect(target.text).toContain("step 20/20");
  line.finish();
  expect(target.text.endsWith("\r\u001B[2K")).toBe(true);
});

test("a bar is drawn where there is room", () => {
  const wide = terminal(true);
  new ProgressLine(wide, texts).step(report);
  expect(wide.text).toContain("━━━━━━━━━━────────── epoch 2/3");
  const narrow = terminal(true, 60);
  new ProgressLine(narrow, texts).step(report);
  expect(narrow.text).not.toContain("━");
  expect(narrow.text).toContain("accuracy 0.7500");
});

test("a narrow terminal's line is cut, so that it never wraps", () => {
  const target = terminal(true, 40);
  new ProgressLine(target, texts).step(report);
  expect(target.text.replace("\r\u001B[2K", "").length).toBeLessThan(40);
});

test("a Chinese line is cut by the columns it takes", () => {
  const target = terminal(true, 40);
  new ProgressLine(target, chinese).step(report);
  const drawn = target.text.replace("\r\u001B[2K", "");
  expect(drawn).toMatch(/^第 2\/3 轮.*…$/);
  expect([38, 39]).toContain(displayWidth(drawn));
});

test("without a terminal a short epoch is silent, a long one speaks twice a minute", () => {
  const target = terminal(false);
  const line = new ProgressLine(target, texts);
  for (let step = 1; step <= 100; step += 1) {
    target.time += 1000;
    line.step({ ...report, step, numSteps: 100 });
  }
  const lines = target.text.trimEnd().split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[0]).toContain("step 31/100");
  expect(target.text).not.toContain("\u001B");
});

test("a line that stays is written above the live one", () => {
  const target = terminal(true);
  const line = new ProgressLine(target, texts);
  line.step(report);
  line.say("epoch 1 done");
  expect(target.text.endsWith("\r\u001B[2Kepoch 1 done\n")).toBe(true);
});

test("numbers and times in words", () => {
  expect([0, 12.34567, 1234.5, 0.00012345, Number.NaN].map(formatNumber)).toEqual([
    "0.0000",
    "12.3457",
    "1234.5",
    "1.234e-4",
    "NaN",
  ]);
  expect([0.2, 59.6, 200, 7500].map((seconds) => formatDuration(texts, seconds))).toEqual([
    "0 s",
    "1 min 0 s",
    "3 min 20 s",
    "2 h 5 min",
  ]);
  expect(describeMetrics(texts, { loss: 1, auc: null })).toBe("loss 1.0000");
});

test("what is done before the first epoch is told at most every 100 ms, without a terminal every 30 s", () => {
  for (const [isLive, wait, lines] of [
    [true, 150, 3],
    [false, 150, 0],
    [false, 40_000, 3],
  ] as const) {
    const target = terminal(isLive);
    const line = new ProgressLine(target, texts);
    for (const done of [1, 2, 3]) {
      target.time += wait;
      line.status(`features of ${done}/3`);
      line.status("too soon");
    }
    expect(target.text.split("features of").length - 1).toBe(lines);
    expect(target.text).not.toContain("too soon");
  }
});
