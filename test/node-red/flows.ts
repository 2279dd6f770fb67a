/** The flows that the tests of the nodes deploy. */
import { readFileSync } from 'node:fs';
import type { FlowNode } from './node-red.js';
import type { Stage } from './stage.js';

const EXAMPLE = 'packages/node-red-contrib-tandem/examples/talk-to-the-echo.json';
export const GATEWAY = 'tandem-echo-gateway';
/** Each way in which a function node can hold bytes. */
export const BYTES_IN_FUNCTIONS = [
  'Buffer.from([1, 2, 250])',
  'new Uint8Array([9, 1, 2, 250, 9]).subarray(1, 4)',
  'new Uint8Array([1, 2, 250]).buffer',
  'new DataView(new Uint8Array([9, 1, 2, 250]).buffer, 1)',
];
/** The echo app, as the node has it. */
const PEER = {
  service: 'late',
  device: 'phone',
  bundleName: 'tandem.echo',
  moduleName: 'entry',
  abilityName: 'EchoAbility',
};
const GROW = 'msg.payload = Buffer.alloc(84000000); return msg;';

/** The example as people import it, with the gateway of this test. */
export function exampleFlow(stage: Stage, changes: object = {}): FlowNode[] {
  const flow: FlowNode[] = JSON.parse(readFileSync(EXAMPLE, 'utf8'));
  const gateway = { url: stage.url, credentials: { token: `${stage.token}\n` }, ...changes };
  return flow.map((node) => (node.id === GATEWAY ? { ...node, ...gateway } : node));
}

/** A flow that accepts every request, and shows what peers say and what goes wrong. */
export function acceptingFlow(stage: Stage): FlowNode[] {
  const [tab, gateway] = exampleFlow(stage);
  // Without coordinates Node-RED takes a node for a configuration.
  const place = { z: 'tandem-echo-tab', x: 100, y: 100, gateway: GATEWAY };
  const debug = { type: 'debug', ...place, wires: [], active: true, tosidebar: true };
  const none = { receiveMessage: false, receiveData: false, connect: false, disconnect: false, collaborate: false };
  return [
    ...[tab, gateway].filter((node) => node !== undefined),
    { ...none, id: 'asked', type: 'tandem-session-in', ...place, collaborate: true, wires: [['accept']] },
    { id: 'accept', type: 'tandem-session-out', ...place, command: 'accept', wires: [[]] },
    { ...none, id: 'said', type: 'tandem-session-in', ...place, receiveMessage: true, wires: [['say']] },
    { ...debug, id: 'say', complete: 'payload', targetType: 'msg' },
    { id: 'ask', type: 'inject', ...place, props: [], wires: [['list']] },
    { id: 'list', type: 'tandem-session-out', ...place, command: 'devices', wires: [['listed']] },
    { ...debug, id: 'listed', complete: 'payload[0].deviceName', targetType: 'msg' },
    { id: 'ask-nothing', type: 'inject', ...place, props: [], wires: [['send']] },
    { id: 'send', type: 'tandem-session-out', ...place, command: 'send', service: 'nobody', wires: [[]] },
    { id: 'catch', type: 'catch', ...place, scope: ['send'], wires: [['caught']] },
    { ...debug, id: 'caught', complete: 'error.message', targetType: 'msg' },
    { id: 'complete', type: 'complete', ...place, scope: ['list'], wires: [['completed']] },
    { ...debug, id: 'completed', complete: 'payload', targetType: 'msg' },
  ];
}

/** One button for each way in which a function node can hold bytes; what the echo sends back is shown as numbers. */
export function bytesFlow(stage: Stage): FlowNode[] {
  const [tab, gateway] = exampleFlow(stage);
  const place = { z: 'tandem-echo-tab', x: 100, y: 100, gateway: GATEWAY };
  const echo = { service: 'bytes', device: 'phone', bundleName: 'tandem.echo', moduleName: 'entry' };
  const none = { receiveMessage: false, connect: false, disconnect: false, collaborate: false };
  const buttons = BYTES_IN_FUNCTIONS.flatMap((code, at) => [
    { id: `press-${at}`, type: 'inject', ...place, props: [], wires: [[`open-${at}`]] },
    {
      id: `open-${at}`,
      type: 'tandem-session-out',
      ...place,
      ...echo,
      abilityName: 'EchoAbility',
      command: 'connect',
      wires: [[`make-${at}`]],
    },
    {
      id: `make-${at}`,
      type: 'function',
      ...place,
      outputs: 1,
      func: `msg.payload = ${code}; return msg;`,
      wires: [['bytes-out']],
    },
  ]);
  return [
    ...[tab, gateway].filter((node) => node !== undefined),
    ...buttons,
    { id: 'bytes-out', type: 'tandem-session-out', ...place, command: 'send', wires: [[]] },
    { ...none, id: 'bytes-in', type: 'tandem-session-in', ...place, service: 'bytes', wires: [['bytes-text']] },
    {
      id: 'bytes-text',
      type: 'function',
      ...place,
      outputs: 1,
      // The session ends here, so that the next button can open its own.
      func: 'return [[{ payload: [...msg.payload].join(), sessionId: msg.sessionId }]];',
      wires: [['bytes-end']],
    },
    { id: 'bytes-end', type: 'tandem-session-out', ...place, command: 'destroy', wires: [['bytes-heard']] },
    {
      id: 'bytes-heard',
      type: 'debug',
      ...place,
      wires: [],
      active: true,
      tosidebar: true,
      complete: 'payload',
      targetType: 'msg',
    },
  ];
}

/** Messages that cannot be sent, a session that may be made, and how many there are. */
export function longFlow(stage: Stage): FlowNode[] {
  const place = { z: 'tandem-echo-tab', x: 100, y: 100, gateway: GATEWAY };
  const debug = { type: 'debug', ...place, wires: [], active: true, tosidebar: true };
  const session = { p: 'sessionId', v: '100', vt: 'num' };
  const inject = (id: string, props: readonly object[], to: string): FlowNode => {
    return { id, type: 'inject', ...place, props, wires: [[to]] };
  };
  const kept = acceptingFlow(stage).filter(({ id }) => !['catch', 'caught'].includes(id));
  const code = 'msg.payload = {}; msg.payload.itself = msg.payload; return msg;';
  return [
    ...kept,
    inject('long-text', [session, { p: 'payload', v: 'x'.repeat(70_000), vt: 'str' }], 'too-long'),
    inject('long-data', [session], 'grow'),
    { id: 'grow', type: 'function', ...place, func: GROW, outputs: 1, wires: [['too-long']] },
    inject('circle', [session], 'turn'),
    { id: 'turn', type: 'function', ...place, func: code, outputs: 1, wires: [['too-long']] },
    { id: 'too-long', type: 'tandem-session-out', ...place, command: 'send', wires: [[]] },
    inject('press-late', [], 'ask-late'),
    { id: 'ask-late', type: 'tandem-session-out', ...place, command: 'create', ...PEER, wires: [[]] },
    inject('count', [], 'counting'),
    { id: 'counting', type: 'tandem-session-out', ...place, command: 'sessions', wires: [['counted']] },
    { ...debug, id: 'counted', complete: 'payload.length', targetType: 'msg' },
    { id: 'catch', type: 'catch', ...place, scope: ['too-long', 'ask-late'], wires: [['caught']] },
    { ...debug, id: 'caught', complete: 'error.message', targetType: 'msg' },
  ];
}
