import { type Connection, Query } from 'pg';

/** Methods of the client's connection that its types leave out. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(rows: Buffer): void;
  endCopyFrom(): void;
}

/**
 * A `COPY … FROM STDIN` followed at once by its rows, without a round trip in between, so that it can be pipelined with other
 * statements. The server discards the rows of a statement that failed.
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
