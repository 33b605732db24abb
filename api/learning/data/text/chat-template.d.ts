export interface ChatMessage {
  readonly role: string;
  readonly content: string;
}
export interface ChatTemplateOptions {
  readonly addGenerationPrompt?: boolean;
  readonly tokens?: Readonly<Record<string, string>>;
}
export declare function applyChatTemplate(
  template: string,
  messages: readonly ChatMessage[],
  { addGenerationPrompt, tokens }?: ChatTemplateOptions,
): Promise<string>;
