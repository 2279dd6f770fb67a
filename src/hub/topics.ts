/** Every topic of a hub, made and read in one place. docs/mqtt.md lists the same. */

/** What a hub publishes about itself, below `bridge`. */
export type BridgeTopic = 'state' | 'info' | 'sessions' | 'health' | 'event' | 'logging';
/** What a hub publishes about a hub link. `request` is `online` while a peer waits for "accept". */
export type LinkTopic = 'availability' | 'state' | 'health' | 'event' | 'data' | 'request';
/** Those of a link that are retained, and so have to be emptied when it goes. */
export const RETAINED_LINK_TOPICS = [
  'availability',
  'state',
  'health',
  'request',
] as const satisfies readonly LinkTopic[];

export const SET_VERBS = ['connect', 'disconnect', 'accept', 'reject', 'message', 'data'] as const;
export type SetVerb = (typeof SET_VERBS)[number];

/** A message for the hub. */
export type Incoming =
  | { readonly type: 'request'; readonly verb: string }
  | { readonly type: 'set'; readonly link: string; readonly verb: string };

export interface Topics {
  /** Everything of this hub is below it. */
  readonly root: string;
  bridge(name: BridgeTopic): string;
  request(verb: string): string;
  response(verb: string): string;
  link(link: string, name: LinkTopic): string;
  set(link: string, verb: SetVerb): string;
  /** What the hub listens to. */
  readonly commands: readonly string[];
  /** What it left about links; only for the clean-up. */
  readonly leftovers: readonly string[];
  read(topic: string): Incoming | undefined;
  /** The link that a retained topic is about. */
  linkOf(topic: string): string | undefined;
}

/** Both levels are slugs. */
export function createTopics(base: string, hubId: string): Topics {
  const root = `${base}/${hubId}`;
  const requests = `${root}/bridge/request/`;
  const links = `${root}/link/`;
  return {
    root,
    bridge: (name) => `${root}/bridge/${name}`,
    request: (verb) => `${requests}${verb}`,
    response: (verb) => `${root}/bridge/response/${verb}`,
    link: (link, name) => `${links}${link}/${name}`,
    set: (link, verb) => `${links}${link}/set/${verb}`,
    commands: [`${requests}#`, `${links}+/set/+`],
    leftovers: RETAINED_LINK_TOPICS.map((name) => `${links}+/${name}`),
    read(topic) {
      if (topic.startsWith(requests)) return { type: 'request', verb: topic.slice(requests.length) };
      if (!topic.startsWith(links)) return undefined;
      const [link = '', set, verb = '', ...more] = topic.slice(links.length).split('/');
      return set === 'set' && more.length === 0 ? { type: 'set', link, verb } : undefined;
    },
    linkOf(topic) {
      const [link, , ...more] = topic.startsWith(links) ? topic.slice(links.length).split('/') : [];
      return more.length === 0 ? link : undefined;
    },
  };
}

/** Whether an answer may be sent there: a plain topic, outside of what hubs and discovery are steered with. Source: MQTT 5.0, section 4.7. */
export function isAnswerTopic(topic: string, topics: Topics, base: string, discoveryPrefix: string): boolean {
  if (topic === '' || topic.startsWith('$') || /[+#\0]/.test(topic)) return false;
  if (topic.startsWith(`${topics.root}/bridge/response/`)) return true;
  return [base, discoveryPrefix].every((reserved) => topic !== reserved && !topic.startsWith(`${reserved}/`));
}
