/** Answers to requests: where they go, and how they look. Source: ecosystem A4; MQTT 5.0, section 4.10, for response topics. */
import { BrokerError } from '../protocol/errors.js';
import { MAX_CORRELATION_BYTES, MAX_RESPONSE_TOPIC_BYTES } from '../protocol/hub-limits.js';
import { MAX_REQUEST_ID_CHARACTERS } from '../protocol/limits.js';
import type { Publication, Received } from './publication.js';

/** Text or number of the requester, by which it knows its answer. */
export type Transaction = string | number | undefined;

export type Answer =
  | { readonly status: 'ok'; readonly data: unknown }
  | {
      readonly status: 'error';
      readonly error: { readonly code: string; readonly message: string; readonly retryable: boolean };
    };

/** Where the answer to a message goes, if it may. */
export interface AnswerAddress {
  readonly topic: string;
  readonly correlationData?: Buffer;
}

/** `isAllowed` looks at a topic that the requester chose. Throws BrokerError `invalidParams` for one that is not. */
export function addressOf(
  { responseTopic, correlationData }: Received,
  usual: string,
  isAllowed: (topic: string) => boolean,
): AnswerAddress {
  if (responseTopic === undefined) return { topic: usual };
  if (Buffer.byteLength(responseTopic) > MAX_RESPONSE_TOPIC_BYTES || !isAllowed(responseTopic)) {
    throw new BrokerError('invalidParams', 'The response topic is not one that answers may go to.');
  }
  if (correlationData === undefined) return { topic: responseTopic };
  if (correlationData.length > MAX_CORRELATION_BYTES) {
    throw new BrokerError('invalidParams', `Correlation data must be at most ${MAX_CORRELATION_BYTES} bytes.`);
  }
  return { topic: responseTopic, correlationData };
}

/** Throws BrokerError `invalidParams` for one that is too long to be sent back. */
export function readTransaction(value: unknown): Transaction {
  if (value === undefined || typeof value === 'number') return value;
  if (typeof value === 'string' && value.length <= MAX_REQUEST_ID_CHARACTERS) return value;
  throw new BrokerError(
    'invalidParams',
    `transaction must be a number or a text of at most ${MAX_REQUEST_ID_CHARACTERS} characters.`,
  );
}

export function answerOf(address: AnswerAddress, answer: Answer, transaction: Transaction): Publication {
  const body = transaction === undefined ? answer : { ...answer, transaction };
  return {
    topic: address.topic,
    payload: JSON.stringify(body),
    isRetained: false,
    ...(address.correlationData !== undefined && { correlationData: address.correlationData }),
  };
}

/** What is not a BrokerError is a defect: its words stay in the log. */
export function failureOf(error: unknown): Answer {
  const { kind, message, isRetryable } = error instanceof BrokerError ? error : new BrokerError('internalError');
  return { status: 'error', error: { code: kind, message, retryable: isRetryable } };
}
