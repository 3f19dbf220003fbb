/** Where a command writes. */
export interface Terminal {
  out(text: string): unknown;
  error(text: string): unknown;
  readonly stdout: { write(text: string): unknown; readonly columns?: number; readonly rows?: number };
  /** Whether a person watches: then what runs is shown live. */
  readonly interactive: boolean;
  /** Whether what goes to standard error is seen on a terminal, too. */
  readonly stderrIsTerminal: boolean;
  readonly color: boolean;
}

/** What a command is given of the world. */
export interface World {
  readonly terminal: Terminal;
  /** Resolves to whether the answer was yes; undefined where nobody is there to answer. */
  readonly ask?: ((question: string) => Promise<boolean>) | undefined;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
}
