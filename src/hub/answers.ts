/** Answers to requests: where they go, and how they look. Source: ecosystem A4; MQTT 5.0, section 4.10, for response topics. */
import { BrokerError } from '../protocol/errors.js';
import { MAX_CORRELATION_BYTES, MAX_RESPONSE_TOPIC_BYTES } from '../protocol/hub-limits.js';
import { MAX_REQUEST_ID_CHARACTERS } from '../protocol/limits.js';
import type { Publication, Received } from './publication.js';
import { wordsOf } from './words.js';

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

/** Where every answer may go: the topic that the requester did not choose. Correlation data that is too long does not come back. */
export function usualAddress({ correlationData }: Received, topic: string): AnswerAddress {
  const isShort = correlationData !== undefined && correlationData.length <= MAX_CORRELATION_BYTES;
  return isShort ? { topic, correlationData } : { topic };
}

/** `isAllowed` looks at a topic that the requester chose. Throws BrokerError `invalidParams` for one that is not. */
export function addressOf(
  { responseTopic, correlationData }: Received,
  usual: AnswerAddress,
  isAllowed: (topic: string) => boolean,
): AnswerAddress {
  if (correlationData !== undefined && usual.correlationData === undefined) {
    throw new BrokerError('invalidParams', `Correlation data must be at most ${MAX_CORRELATION_BYTES} bytes.`);
  }
  if (responseTopic === undefined) return usual;
  if (Buffer.byteLength(responseTopic) > MAX_RESPONSE_TOPIC_BYTES || !isAllowed(responseTopic)) {
    throw new BrokerError('invalidParams', 'The response topic is not one that answers may go to.');
  }
  return { ...usual, topic: responseTopic };
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

/** To `usual` as well, where the MQTT broker does not let the hub answer at the topic that the requester chose. */
export function answerOf(
  address: AnswerAddress,
  usual: AnswerAddress,
  answer: Answer,
  transaction: Transaction,
): Publication {
  const payload = JSON.stringify(transaction === undefined ? answer : { ...answer, transaction });
  const publication = { ...address, payload, isRetained: false };
  return address.topic === usual.topic ? publication : { ...publication, instead: { ...publication, ...usual } };
}

/** What is not a BrokerError is a defect: its words stay in the log. */
export function failureOf(error: unknown): Answer {
  const failure = error instanceof BrokerError ? error : new BrokerError('internalError');
  const { kind, isRetryable } = failure;
  return { status: 'error', error: { code: kind, message: wordsOf(failure), retryable: isRetryable } };
}
