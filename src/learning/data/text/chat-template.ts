// What is said in turns, as the one text that a model was taught to go on from: by the Jinja template that comes with it. The
// only file that knows @huggingface/jinja. A template is data: it runs no code, and a bound ends one that would not end.

import { messageOf, SinterError } from "#engine/base/error.ts";

/** One turn. */
export interface ChatMessage {
  /** "system", "user", "assistant", or what else the template knows. */
  readonly role: string;
  readonly content: string;
}

export interface ChatTemplateOptions {
  /** Whether the text ends where the assistant begins to speak; true. */
  readonly addGenerationPrompt?: boolean;
  /** Texts that the template names, such as bos_token and eos_token. */
  readonly tokens?: Readonly<Record<string, string>>;
}

/** Letters of a template at most, and its steps: some, more for each message, and one for each letter of these. */
const limits = { template: 2 ** 20, steps: 50_000, stepsOfMessage: 1_000 };
const lettersAStep = 64;

/** The package as far as it is used; its own types do not resolve under nodenext. */
interface Jinja {
  readonly tokenize: (template: string, options: { lstrip_blocks: boolean; trim_blocks: boolean }) => unknown;
  readonly parse: (tokens: unknown) => unknown;
  readonly Environment: new () => { set(name: string, value: unknown): unknown };
  readonly Interpreter: new (environment: object) => JinjaInterpreter;
}

interface JinjaInterpreter {
  evaluate(statement: unknown, environment: object): unknown;
  run(program: unknown): { readonly value: unknown };
}

/**
 * The text of a conversation.
 * @param template the chat_template of a tokenizer_config.json
 * @throws format for a template that is damaged, refuses the conversation or does not end; missing without @huggingface/jinja
 * @source transformers, chat templates
 * @example
 * const text = await applyChatTemplate(template, [{ role: "user", content: "Hello!" }]);
 */
export async function applyChatTemplate(
  template: string,
  messages: readonly ChatMessage[],
  { addGenerationPrompt = true, tokens = {} }: ChatTemplateOptions = {},
): Promise<string> {
  if (template.length > limits.template) throw refused(`it has ${template.length} letters, at most ${limits.template}`);
  const jinja = await load();
  try {
    const program = jinja.parse(jinja.tokenize(template, { lstrip_blocks: true, trim_blocks: true }));
    const environment = new jinja.Environment();
    const names = { ...globals, ...tokens, messages: messages.map((one) => ({ ...one })) };
    for (const [name, value] of Object.entries(names)) environment.set(name, value);
    environment.set("add_generation_prompt", addGenerationPrompt);
    const { value } = bounded(new jinja.Interpreter(environment), stepsFor(messages)).run(program);
    return String(value);
  } catch (error) {
    if (error instanceof SinterError) throw error;
    throw refused(messageOf(error), error);
  }
}

function stepsFor(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, { content }) => sum + limits.stepsOfMessage + content.length, limits.steps);
}

const globals = {
  true: true,
  false: false,
  none: null,
  True: true,
  False: false,
  None: null,
  raise_exception: (text: unknown): never => {
    throw refused(String(text));
  },
  // The package's own would make a list of any length at once.
  range: (start: unknown, stop?: unknown, step: unknown = 1): number[] => {
    const [from, to] = typeof stop === "number" ? [Number(start), stop] : [0, Number(start)];
    const count = Math.max(0, Math.ceil((to - from) / Number(step)));
    if (!(count <= 10_000)) throw refused(`range gives ${count} numbers, at most 10000`);
    return Array.from({ length: count }, (_, index) => from + index * Number(step));
  },
  strftime_now: (): string => new Date().toISOString().slice(0, 10),
};

/** The same interpreter, which ends after a number of steps. */
function bounded(interpreter: JinjaInterpreter, mostSteps: number): JinjaInterpreter {
  const evaluate = interpreter.evaluate.bind(interpreter);
  let numSteps = 0;
  interpreter.evaluate = (statement, environment) => {
    const result = evaluate(statement, environment);
    // A loop over the result takes as many steps as it is long, and a filter passes over all of it.
    numSteps += 1 + lengthOf(result);
    if (numSteps > mostSteps) throw refused(`it takes more than ${mostSteps} steps`);
    return result;
  };
  return interpreter;
}

function lengthOf(result: unknown): number {
  const value = typeof result === "object" && result !== null && "value" in result ? result.value : undefined;
  if (value instanceof Map) return value.size;
  if (typeof value === "string") return value.length / lettersAStep;
  return Array.isArray(value) ? value.length : 0;
}

async function load(): Promise<Jinja> {
  try {
    return await import("@huggingface/jinja");
  } catch (error) {
    throw new SinterError(
      "missing",
      "chat: the package @huggingface/jinja is not installed. Run: npm install @huggingface/jinja@0.5.11",
      {},
      error,
    );
  }
}

function refused(what: string, cause?: unknown): SinterError {
  return new SinterError("format", `chat template: ${what}. Use another template, or give the text itself.`, {}, cause);
}
