import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../src/hub/discover-link.js';
import { REQUESTS } from '../../src/hub/requests.js';
import { createTopics } from '../../src/hub/topics.js';
import { readTables } from './tables.js';

const [topics = [], events = [], requests = []] = readTables('mqtt.md');

describe('docs/mqtt.md', () => {
  it('has the table of requests of the code', () => {
    const actual = Object.entries(REQUESTS).map(([verb, { doc }]) => [verb, doc.replaceAll('`', '')]);
    expect(requests).toEqual(actual);
  });

  it('lists every type of event, in the order of the code', () => {
    expect(events.map(([type]) => type)).toEqual([...EVENT_TYPES]);
  });

  it('lists every topic that the code makes', () => {
    const made = createTopics('tandem', 'kitchen');
    const bridge = (['state', 'info', 'sessions', 'health', 'event', 'logging'] as const).map(made.bridge);
    const link = (['availability', 'request', 'state', 'health', 'event', 'data'] as const).map((name) =>
      made.link('<link>', name),
    );
    const documented = topics.map(([topic = '']) => topic.replace('<hub>', 'tandem/kitchen'));
    expect(documented).toEqual([
      ...bridge,
      made.request('<verb>'),
      made.response('<verb>'),
      ...link,
      'tandem/kitchen/link/<link>/set/<verb>',
    ]);
  });
});
