import { Injectable } from '@nestjs/common';
import { type Position } from '#event-sourcing';
import { type Exchange } from '#platform';
import { Keyring } from '#registry';
import { Positions } from '../positions.js';

/** The header `Tidemark-Position` of what is read of the views: a stream that is opened behind it goes on from there. */
@Injectable()
export class PositionHeader {
  constructor(private readonly keyring: Keyring) {}

  /** `positions`: where the views stood when the answer was read, by partition from 0 (`readAsOf`). */
  async add({ caller, reply }: Pick<Exchange, 'caller' | 'reply'>, positions: readonly Position[]): Promise<void> {
    const ids = await Positions.of(caller.environment, this.keyring);
    void reply.header('tidemark-position', ids.format({ first: 0, positions }));
  }
}
