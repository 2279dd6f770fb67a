/** Draws icon.png and logo.png of the Home Assistant add-on: two devices, and what is between them. Run it again when they are to change. */
import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

const FOLDER = 'packaging/home-assistant/tandem';
const BLUE = [0x2b, 0x6c, 0xb0, 0xff];
const GREEN = [0x38, 0xa1, 0x69, 0xff];
const NOTHING = [0, 0, 0, 0];

writeFileSync(`${FOLDER}/icon.png`, encodePng(128, 128, drawAt(64, 64, 44)));
writeFileSync(`${FOLDER}/logo.png`, encodePng(250, 100, drawAt(125, 50, 40)));

/**
 * Two overlapping rings around a centre, as a colour for each pixel.
 * @param {number} centreX
 * @param {number} centreY
 * @param {number} radius
 */
function drawAt(centreX, centreY, radius) {
  const outer = radius * 0.72;
  const inner = radius * 0.46;
  return (/** @type {number} */ x, /** @type {number} */ y) => {
    const isOn = (/** @type {number} */ shift) => {
      const distance = Math.hypot(x - centreX - shift, y - centreY);
      return distance <= outer && distance >= inner;
    };
    if (isOn(-radius * 0.5)) return BLUE;
    return isOn(radius * 0.5) ? GREEN : NOTHING;
  };
}

/**
 * A PNG of 8 bits for each of red, green, blue and alpha. Source: PNG specification, third edition, 5 and 11.
 * @param {number} width
 * @param {number} height
 * @param {(x: number, y: number) => readonly number[]} colourAt
 */
function encodePng(width, height, colourAt) {
  const rows = Array.from({ length: height }, (_, y) => [
    0,
    ...Array.from({ length: width }, (_, x) => colourAt(x, y)).flat(),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const pixels = deflateSync(Buffer.from(rows.flat()), { level: 9 });
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

/**
 * @param {string} type
 * @param {Buffer} data
 */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
