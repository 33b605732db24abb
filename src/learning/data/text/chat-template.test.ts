// Chat templates: those that models come with, in the ways they are written, and those that would never end.

import { describe, expect, test } from "vitest";
import { applyChatTemplate } from "./chat-template.ts";

const messages = [
  { role: "system", content: "Be kind." },
  { role: "user", content: "你好!" },
];

const chatml =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

const llama =
  "{{ bos_token }}{% if messages[0].role == 'system' %}{% set rest = messages[1:] %}{% set first = messages[0].content | trim %}" +
  "{% else %}{% set rest = messages %}{% endif %}{% for m in rest %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}" +
  "{{ raise_exception('Turns must alternate') }}{% endif %}[INST] {% if loop.first and first is defined %}<<SYS>>{{ first }}" +
  "<</SYS>> {% endif %}{{ m.content }} [/INST]{% endfor %}";

describe("chat templates", () => {
  test("make one text of turns", async () => {
    const expected = "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\n你好!<|im_end|>\n";
    expect(await applyChatTemplate(chatml, messages)).toBe(`${expected}<|im_start|>assistant\n`);
    expect(await applyChatTemplate(chatml, messages, { addGenerationPrompt: false })).toBe(expected);
    const tokens = { bos_token: "<s>" };
    expect(await applyChatTemplate(llama, messages, { tokens })).toBe(
      "<s>[INST] <<SYS>>Be kind.<</SYS>> 你好! [/INST]",
    );
  });

  test("take long messages", async () => {
    const long = Array.from({ length: 50 }, (_, turn) => ({
      role: turn % 2 === 0 ? "user" : "assistant",
      content: "word ".repeat(5000),
    }));
    expect((await applyChatTemplate(llama, long)).length).toBeGreaterThan(50 * 25_000);
  });

  test("refuse what they were not made for", async () => {
    const twice = [...messages, { role: "user", content: "Hello?" }];
    await expect(applyChatTemplate(llama, twice)).rejects.toThrow("chat template: Turns must alternate");
    await expect(applyChatTemplate("{% for %}", messages)).rejects.toMatchObject({ code: "format" });
  });

  test.each([
    ["loops in loops", "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", "steps"],
    ["a long list", "{% for a in range(1000000000) %}{% endfor %}", "range gives"],
    ["a text that doubles", `{% set s = 'ab' %}${"{% set s = s ~ s %}".repeat(30)}{{ s }}`, "steps"],
    ["a macro that calls itself", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "chat template"],
    ["a way to the language's own objects", "{{ messages.constructor.constructor('return 1')() }}", "chat template"],
  ])("end: %s", async (_, template, text) => {
    await expect(applyChatTemplate(template, messages)).rejects.toThrow(text);
  });
});
