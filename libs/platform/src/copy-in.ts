import { type Connection, Query } from 'pg';

/** What the client's connection can do, though its types do not say so. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(rows: Buffer): void;
  endCopyFrom(): void;
}

/**
 * A `COPY … FROM STDIN` with its rows right behind it: nothing is waited for in between, so that it can travel with other
 * statements. The server passes over rows whose statement has failed.
 */
export class CopyIn extends Query {
  constructor(
    private readonly statement: string,
    private readonly payload: Buffer,
    callback: (error: Error | undefined) => void,
  ) {
    super(statement, callback);
  }

  override submit = (connection: Connection): void => {
    connection.query(this.statement);
    (connection as CopyConnection).sendCopyFromChunk(this.payload);
    (connection as CopyConnection).endCopyFrom();
  };

  /** The server is ready for the rows, which are on their way. */
  handleCopyInResponse(): void {
    return;
  }
}
