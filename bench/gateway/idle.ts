/** Clients that have authenticated and say nothing. */
import { answerParent } from '../harness/child.js';
import type { BareAddress } from './address.js';
import { type Channel, openChannel } from './pairs/channel.js';
import type { TandemAddress } from './servers/tandem-server.js';

export interface IdleParams {
  readonly address: TandemAddress | BareAddress;
}

const AT_ONCE = 100;

answerParent<IdleParams>(async ({ address }) => {
  const channels: Channel[] = [];
  return {
    async open(count: number) {
      while (channels.length < count) {
        const some = Array.from({ length: Math.min(AT_ONCE, count - channels.length) }, (_, index) =>
          openClient(address, channels.length + index),
        );
        channels.push(...(await Promise.all(some)));
      }
    },
    /** How many of them the server still answers. */
    async answered() {
      const answers = channels.map((channel, number) => isAnswered(channel, address, number));
      return (await Promise.all(answers)).filter((isOne) => isOne).length;
    },
  };
});

async function openClient(address: TandemAddress | BareAddress, number: number): Promise<Channel> {
  const channel = await openChannel(address.type === 'tandem' ? address.callerUrl : address.url);
  await (address.type === 'tandem'
    ? channel.call('authenticate', { token: address.token })
    : channel.ask({ name: `client ${number}` }));
  return channel;
}

function isAnswered(channel: Channel, address: IdleParams['address'], number: number): Promise<boolean> {
  const call = address.type === 'tandem' ? channel.call('ping', {}) : channel.ask({ name: `client ${number}` });
  return call.then(
    () => true,
    () => false,
  );
}
