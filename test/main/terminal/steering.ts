/** Everything that no terminal may be given: what steers it, hides, breaks a line, or turns the direction of reading. */
export const STEERING = new RegExp(
  [
    '[\\u0000-\\u001f\\u007f-\\u009f]',
    '[\\u00ad\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]',
    '[\\u{e0000}-\\u{e007f}]',
  ].join('|'),
  'u',
);

/** What somebody would call a device who wanted to steer the terminals of others. */
export const HOSTILE = 'evil\u001b[2J\u001b]0;title\u0007\r\nroot\u202egpj\u009b31m\u200b\u2028';
