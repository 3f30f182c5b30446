import { Controller, Get, Header, Module, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { isProblemCode, notFound, PROBLEMS } from '../problems.js';

/** The pages that the `type` of a problem leads to: what it means and what to do. */
@ApiExcludeController()
@Controller('problems')
class ProblemPages {
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  index(): string {
    const items = Object.entries(PROBLEMS).map(
      ([code, { status, title }]) => `<li><a href="/problems/${code}">${code}</a> (${status}): ${title}</li>`,
    );
    return page('Problems', `<ul>${items.join('')}</ul>`);
  }

  @Get(':code')
  @Header('content-type', 'text/html; charset=utf-8')
  show(@Param('code') code: string): string {
    if (!isProblemCode(code)) throw notFound('problem');
    const { status, title, advice } = PROBLEMS[code];
    return page(title, `<p><code>${code}</code>, status ${status}</p><p>${advice.replaceAll('<', '&lt;')}</p>`);
  }
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} - Tidemark</title><style>body{font:1rem/1.6 system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}</style>
<h1>${title}</h1>${body}<p><a href="/problems">All problems</a></p></html>`;
}

@Module({ controllers: [ProblemPages] })
export class ProblemPagesModule {}
