/** A command with the log's time of its record. */
export type Timed<Command> = Command & { readonly at: number };
