// The classic palette: colours of series by their number.
import { hueNames } from "./colors.js";

const order = ["green", "yellow", "blue", "orange", "red", "purple"];
const hex = ["447EBC", "C15C17", "890F02", "0A437C", "6D1F62", "584477", "B7DBAB", "F4D598", "70DBED", "F9BA8F", "F29191", "82B5D8", "E5A8E2", "AEA2E0", "629E51", "E5AC0E", "64B0C8", "E0752D", "BF1B00", "0A50A1", "962D82", "614D93",
  "9AC48A", "F2C96D", "65C5DB", "F9934E", "EA6460", "5195CE", "D683CE", "806EB7", "3F6833", "967302", "2F575E", "99440A", "58140C", "052B51", "511749", "3F2B5B", "E0F9D7", "FCEACA", "CFFAFF", "F9E2D2", "FCE2DE", "BADFF4", "F9D9F9", "DEDAF7"];

/** Names and hex colours in their order; look them up modulo the length. */
export const classicPalette = [...order, ...order.map((hue) => "dark-" + hue), ...order.map((hue) => "super-light-" + hue), ...hex.map((color) => "#" + color)];

/** The colour of series number `index`. */
export const paletteColor = (index) => classicPalette[((index % classicPalette.length) + classicPalette.length) % classicPalette.length];

/** A colour that depends only on the name. */
export function colorByName(name) {
  let hash = 0;
  for (let at = 0; at < name.length; at++) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) | 0;
  return classicPalette[Math.abs(hash) % classicPalette.length];
}

export { hueNames };
