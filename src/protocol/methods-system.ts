/** The reference's calls for system apps. Their arguments are left to the broker, because 202 comes before any check of them. */
import Type, { type TSchema } from 'typebox';
import { type MethodRow, Nothing, STRICT } from './method-types.js';

/** See METHODS. Source: reference-behaviour 1.2 and 4. */
export const SYSTEM_METHODS = {
  sendImage: row(['sessionId', 'image', 'quality'], Nothing),
  createStream: row(['sessionId', 'param'], Type.Integer()),
  setSurfaceId: row(['streamId', 'surfaceId', 'param'], Nothing),
  getSurfaceId: row(['streamId', 'param'], Type.String()),
  updateSurfaceParam: row(['streamId', 'param'], Nothing),
  startStream: row(['streamId'], Nothing),
  stopStream: row(['streamId'], Nothing),
  destroyStream: row(['streamId'], Nothing),
} as const satisfies Record<string, MethodRow>;

function row<Name extends string, Result extends TSchema>(names: readonly Name[], result: Result) {
  const order: readonly string[] = names;
  return {
    params: Type.Unsafe<{ readonly [N in Name]?: unknown }>(
      Type.Object(Object.fromEntries(names.map((name) => [name, Type.Optional(Type.Unknown())])), STRICT),
    ),
    result,
    order,
    scope: 'drive',
    needs: 'app',
    doc: 'System apps only; not supported yet.',
  } as const;
}
