/** Takes what comes by MQTT: bounded in size, number and rate, carried out, and answered. */
import { BrokerError } from '../protocol/errors.js';
import {
  HUB_CALLS_BURST,
  HUB_CALLS_PER_SECOND,
  MAX_HUB_CALLS_IN_FLIGHT,
  MAX_SLUG_CHARACTERS,
} from '../protocol/hub-limits.js';
import { addressOf, answerOf, failureOf, readTransaction, type Transaction, usualAddress } from './answers.js';
import { boundLog, type Log } from './bounded-log.js';
import { isPayload, readSetVerb, runCommand } from './commands.js';
import type { HubLink } from './hub-link.js';
import type { HubLinks } from './hub-links.js';
import type { Publish, Received } from './publication.js';
import { createRate } from './rate.js';
import { type HubControls, REQUESTS, readArguments } from './requests.js';
import type { HubTimers } from './timers.js';
import type { Topics } from './topics.js';

export interface DeskOptions {
  readonly topics: Topics;
  readonly links: HubLinks;
  readonly controls: HubControls;
  readonly timers: HubTimers;
  publish: Publish;
  /** Whether an answer may go to a topic that the requester chose. */
  isAnswerTopic(topic: string): boolean;
  log: Log;
}

export interface Desk {
  take(message: Received): void;
  /** Commands that were refused because of their number. */
  readonly refused: number;
}

export function createDesk(options: DeskOptions): Desk {
  const { topics, links, publish } = options;
  const isWithinRate = createRate(options.timers, HUB_CALLS_BURST, HUB_CALLS_PER_SECOND);
  const complain = boundLog(options.timers, options.log);
  let inFlight = 0;
  let refused = 0;

  /** Runs it where it may: neither too many at once, nor too often. */
  async function admit(isOfPayload: boolean, run: () => unknown): Promise<unknown> {
    if (inFlight >= MAX_HUB_CALLS_IN_FLIGHT || !(isOfPayload || isWithinRate())) {
      refused += 1;
      throw new BrokerError('tooManyInFlight');
    }
    inFlight += 1;
    try {
      return await run();
    } finally {
      inFlight -= 1;
    }
  }

  async function command(link: HubLink, text: string, payload: Buffer): Promise<void> {
    const verb = readSetVerb(text);
    try {
      if (verb === undefined) throw new BrokerError('methodNotFound', `There is no set/${text.slice(0, 32)}.`);
      await admit(isPayload(verb), () => runCommand(link, verb, payload));
    } catch (error) {
      link.fail(toBrokerError(error));
    }
  }

  async function request(verb: string, message: Received): Promise<void> {
    const usual = usualAddress(message, topics.response(verb));
    let transaction: Transaction;
    let address = usual;
    try {
      address = addressOf(message, usual, options.isAnswerTopic);
      const args = readArguments(message.payload);
      transaction = readTransaction(args['transaction']);
      const row = Object.hasOwn(REQUESTS, verb) ? REQUESTS[verb] : undefined;
      if (row === undefined) throw new BrokerError('methodNotFound');
      const data = await admit(row.isPayload ?? false, () => row.run(links, args, options.controls));
      publish(answerOf(address, usual, { status: 'ok', data }, transaction));
    } catch (error) {
      const { responseTopic } = message;
      // Whoever listens there waits for nothing.
      if (responseTopic !== undefined && address === usual) {
        complain('warn', `${usual.topic} has the answer to a request: it may not go to ${quote(responseTopic)}`);
      }
      publish(answerOf(address, usual, failureOf(toBrokerError(error)), transaction));
    }
  }

  /** What is no BrokerError is a defect: its words go to the log, not to the requester. */
  function toBrokerError(error: unknown): BrokerError {
    if (error instanceof BrokerError) return error;
    complain('warn', `a command failed: ${error instanceof Error ? error.stack : String(error)}`);
    return new BrokerError('internalError', '', { cause: error });
  }

  return {
    get refused() {
      return refused;
    },
    take(message) {
      const incoming = topics.read(message.topic);
      if (incoming === undefined) return;
      // A command is for now. A retained one would be carried out again on every connection.
      if (message.isRetained) return complain('warn', `a retained command is ignored: ${quote(message.topic)}`);
      if (incoming.type === 'request') {
        // The verb becomes a part of the answer's topic.
        if (incoming.verb.length > MAX_SLUG_CHARACTERS) return complain('info', 'a request has no verb of ours');
        return void request(incoming.verb, message);
      }
      const link = links.get(incoming.link);
      if (link === undefined) return complain('info', 'a command is for a link that does not exist');
      void command(link, incoming.verb, message.payload);
    },
  };
}

function quote(topic: string): string {
  return JSON.stringify(topic.slice(0, MAX_QUOTED_CHARACTERS));
}

const MAX_QUOTED_CHARACTERS = 128;
