/** Access tokens over the gateway: for whoever administers it. */
import Type from 'typebox';
import { MAX_GRANT_PERMISSIONS, MAX_GRANT_TEXT_CHARACTERS } from './limits.js';
import { AccessToken, type MethodRow, Nothing, STRICT } from './method-types.js';
import { SCOPES } from './scopes.js';

const GrantText = Type.String({ minLength: 1, maxLength: MAX_GRANT_TEXT_CHARACTERS });

/** See METHODS. */
export const TOKEN_METHODS = {
  createToken: {
    params: Type.Object(
      {
        name: GrantText,
        bundleName: GrantText,
        scopes: Type.Array(Type.Enum(SCOPES), { minItems: 1, maxItems: SCOPES.length }),
        permissions: Type.Optional(Type.Array(GrantText, { maxItems: MAX_GRANT_PERMISSIONS })),
        isSystemApp: Type.Optional(Type.Boolean()),
        lifetimeMs: Type.Optional(Type.Integer({ minimum: 1 })),
      },
      STRICT,
    ),
    result: Type.Object({ token: Type.String(), tokenId: Type.String() }),
    scope: 'admin',
    needs: 'authentication',
    doc: 'Makes an access token. Its text is in the answer and nowhere else.',
  },
  listTokens: {
    params: Type.Object({}, STRICT),
    result: Type.Immutable(Type.Array(AccessToken)),
    scope: 'admin',
    needs: 'authentication',
    doc: 'What each access token stands for and when it was last used; never its text.',
  },
  revokeToken: {
    params: Type.Object({ tokenId: Type.String({ maxLength: MAX_GRANT_TEXT_CHARACTERS }) }, STRICT),
    result: Nothing,
    scope: 'admin',
    needs: 'authentication',
    doc: 'Makes an access token worthless, closes its connections and ends its apps.',
  },
} as const satisfies Record<string, MethodRow>;
