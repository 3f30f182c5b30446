import { createTidemark, type Tidemark } from '@tidemark/client';
import { type ApiDocument, isStream, type Operation } from './api-document.js';
import type { Service } from './service.js';

type Listener = (operation: Operation, status: number) => void;

/**
 * The published client of one environment, with every scope. Each answer is held against the document first: a call
 * whose answer is not as documented rejects with what is wrong.
 */
export async function typedClient(
  service: Service,
  document: ApiDocument,
  environment: string,
  onAnswer: Listener = () => undefined,
): Promise<Tidemark> {
  return createTidemark({
    url: service.url,
    environment,
    token: await service.token({ environments: [environment] }),
    fetch: async (request) => {
      const operation = document.operationOf(request.method, new URL(request.url).pathname);
      const answer = await fetch(request);
      const { status, headers } = answer;
      const text = isStream(headers.get('content-type')) ? '' : await answer.clone().text();
      const faults = document.faultsOf(operation, { status, headers, text });
      if (faults.length > 0) throw new Error(`${operation.operationId} ${status}: ${faults.join('; ')}`);
      onAnswer(operation, status);
      return answer;
    },
  });
}
