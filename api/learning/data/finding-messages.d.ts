type Nothing = Readonly<Record<string, never>>;
type Classes = readonly string[];
export interface FindingValues {
  readonly empty: Nothing;
  readonly noClassFolders: {
    readonly numPictures: number;
  };
  readonly oneClass: {
    readonly className: string;
  };
  readonly emptyClass: Nothing;
  readonly strangeClasses: {
    readonly classNames: Classes;
    readonly trainPart: string;
  };
  readonly missingClasses: {
    readonly classNames: Classes;
    readonly trainPart: string;
  };
  readonly undecodable: {
    readonly problem: string;
  };
  readonly wrongExtension: {
    readonly format: string;
    readonly named: string | undefined;
    readonly ending: string;
  };
  readonly inParts: {
    readonly isExact: boolean;
    readonly parts: readonly string[];
    readonly classNames: Classes;
  };
  readonly inClasses: {
    readonly isExact: boolean;
    readonly classNames: Classes;
  };
  readonly copies: {
    readonly isExact: boolean;
    readonly numFiles: number;
  };
  readonly huge: {
    readonly width: number;
    readonly height: number;
  };
  readonly tiny: {
    readonly width: number;
    readonly height: number;
  };
  readonly blank: Nothing;
  readonly rareClass: {
    readonly className: string;
    readonly numFiles: number;
    readonly numFilesOfLargest: number;
  };
}
export type FindingDetail<Kind extends keyof FindingValues = keyof FindingValues> = {
  readonly [Each in Kind]: {
    readonly kind: Each;
    readonly values: FindingValues[Each];
  };
}[Kind];
export type FindingMessages = {
  readonly [Kind in keyof FindingValues]: (values: FindingValues[Kind]) => string;
};
export declare function findingMessage<Kind extends keyof FindingValues>(
  messages: FindingMessages,
  { kind, values }: FindingDetail<Kind>,
): string;
export declare const englishFindings: FindingMessages;
export {};
