import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Caller } from '#platform';
import { StreamTickets, TICKET_SECONDS } from '../tickets.js';

export interface IssuedTicket {
  readonly ticket: string;
  /** Seconds within which it has to be used first. */
  readonly expiresIn: number;
}

/** A ticket that opens one stream in place of the caller's token. */
export class IssueStreamTicket extends Command<IssuedTicket> {
  constructor(readonly caller: Caller) {
    super();
  }
}

@CommandHandler(IssueStreamTicket)
export class IssueStreamTicketHandler implements ICommandHandler<IssueStreamTicket> {
  constructor(@Inject(StreamTickets) private readonly tickets: StreamTickets) {}

  /** Throws `unavailable`. */
  async execute({ caller }: IssueStreamTicket): Promise<IssuedTicket> {
    return { ticket: await this.tickets.issue(caller), expiresIn: TICKET_SECONDS };
  }
}
