/** What a token may be used for: `read` looks, `drive` registers apps and uses their sessions, `admin` widens `read` to every app and manages tokens. */
export const SCOPES = ['read', 'drive', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];
