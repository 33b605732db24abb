export declare class StepWindow {
  #private;
  add(done: Promise<unknown>): Promise<void>;
  drain(): Promise<void>;
}
