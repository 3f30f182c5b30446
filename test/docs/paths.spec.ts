import { describe, expect, it } from '@jest/globals';
import { anchorsOf, documents, files, isThere, linksOf, pathsNamedIn } from '../support/markdown.js';

describe.each(documents)('%s', (document) => {
  it('links to what is there', () => {
    const broken = linksOf(document).filter(
      ({ path, anchor }) =>
        !files.includes(path) || (anchor !== undefined && path.endsWith('.md') && !anchorsOf(path).has(anchor)),
    );
    expect(broken).toEqual([]);
  });

  it('names files and folders that are there', () => {
    expect(pathsNamedIn(document).filter((named) => !isThere(named))).toEqual([]);
  });
});

describe('the documents', () => {
  it('are found by one another', () => {
    const linked = new Set(documents.flatMap((document) => linksOf(document).map(({ path }) => path)));
    const lost = files.filter((path) => /^docs\/.*\.md$/.test(path) && !linked.has(path));
    expect(lost).toEqual([]);
  });
});
