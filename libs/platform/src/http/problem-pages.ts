import { Controller, Get, Header, Module, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { isProblemCode, notFound, PROBLEMS } from '../problems.js';
import { PublicEndpoint } from './endpoint.js';

const html = { 'text/html': z.string().meta({ examples: ['<!doctype html>…'] }) };
const ProblemPath = z.object({ code: z.string().meta({ examples: ['not-found'] }) });

/** The pages that the `type` of a problem leads to: what it means and what to do. */
@ApiTags('problems')
@Controller('problems')
class ProblemPages {
  @Get()
  @PublicEndpoint({
    id: 'listProblems',
    summary: 'All problems, each with its page',
    description: 'The pages that the `type` of problems leads to.',
    answers: { 200: { body: html } },
  })
  @Header('content-type', 'text/html; charset=utf-8')
  index(): string {
    const items = Object.entries(PROBLEMS).map(
      ([code, { status, title }]) => `<li><a href="problems/${code}">${code}</a> (${status}): ${title}</li>`,
    );
    return page('Problems', 'problems', `<ul>${items.join('')}</ul>`);
  }

  @Get(':code')
  @PublicEndpoint({
    id: 'explainProblem',
    summary: 'What a problem means and what to do',
    description: 'The page that the `type` of a problem leads to.',
    path: ProblemPath,
    answers: { 200: { body: html } },
  })
  @Header('content-type', 'text/html; charset=utf-8')
  show(@Param('code') code: string): string {
    if (!isProblemCode(code)) throw notFound('problem');
    const { status, title, advice } = PROBLEMS[code];
    return page(
      title,
      '../problems',
      `<p><code>${code}</code>, status ${status}</p><p>${advice.replaceAll('<', '&lt;')}</p>`,
    );
  }
}

// Links are relative: a proxy may show all of this under a path of its own.
function page(title: string, all: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} - Tidemark</title><style>body{font:1rem/1.6 system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}</style>
<h1>${title}</h1>${body}<p><a href="${all}">All problems</a></p></html>`;
}

@Module({ controllers: [ProblemPages] })
export class ProblemPagesModule {}
