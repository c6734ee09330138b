// Places on the earth: coordinates from frames, and where they lie on a map.

const world = 256, latitudeLimit = 85.0511;
const letters = "0123456789bcdefghjkmnpqrstuvwxyz";

/** The middle of a geohash as [longitude, latitude]; null for none. */
export function fromGeohash(hash) {
  if (typeof hash !== "string" || !/^[0-9b-hjkmnp-z]{1,12}$/i.test(hash)) return null;
  const ends = [[-180, 180], [-90, 90]];
  let axis = 0;
  for (const letter of hash.toLowerCase()) {
    const value = letters.indexOf(letter);
    if (value < 0) return null;
    for (let bit = 4; bit >= 0; bit--, axis ^= 1) { const [low, high] = ends[axis], middle = (low + high) / 2; ends[axis] = (value >> bit) & 1 ? [middle, high] : [low, middle]; }
  }
  return ends.map(([low, high]) => (low + high) / 2);
}

/** A place on a map of 256 x 256 px that shows the whole world (Mercator): [x, y]. */
export function project(longitude, latitude) {
  const lat = Math.min(latitudeLimit, Math.max(-latitudeLimit, latitude)) * Math.PI / 180;
  return [((longitude + 180) / 360) * world, (.5 - Math.log(Math.tan(Math.PI / 4 + lat / 2)) / (2 * Math.PI)) * world];
}
/** The other way: [longitude, latitude]. */
export const unproject = (x, y) => [(x / world) * 360 - 180, (Math.atan(Math.exp((.5 - y / world) * 2 * Math.PI)) * 2 - Math.PI / 2) * 180 / Math.PI];

/**
 * Points [{ longitude, latitude, frame, row }] of frames by a layer's `location` { mode: "auto" | "coords" | "geohash", latitude,
 * longitude, geohash }. Null where the mode needs what is not here ("lookup" in a gazetteer) or no fields fit.
 */
export function pointsOf(frames, location = {}) {
  const { mode = "auto" } = location ?? {};
  if (!["auto", "coords", "geohash"].includes(mode)) return null;
  const named = (frame, chosen, ...names) => frame.fields.find((field) => (chosen ? field.name === chosen || field.displayName === chosen : names.includes(field.name.toLowerCase())));
  const points = [];
  let found = false;
  for (const frame of frames) {
    const latitude = mode === "geohash" ? null : named(frame, mode === "coords" ? location.latitude : null, "latitude", "lat"), longitude = mode === "geohash" ? null : named(frame, mode === "coords" ? location.longitude : null, "longitude", "lon", "lng", "long");
    const hash = mode === "coords" || (latitude && longitude) ? null : named(frame, mode === "geohash" ? location.geohash : null, "geohash");
    if (!(latitude && longitude) && !hash) continue;
    found = true;
    for (let row = 0; row < frame.length; row++) {
      const place = hash ? fromGeohash(hash.values[row]) : [Number(longitude.values[row] ?? NaN), Number(latitude.values[row] ?? NaN)];
      if (place && Number.isFinite(place[0]) && Math.abs(place[0]) <= 360 && Number.isFinite(place[1]) && Math.abs(place[1]) <= 90) points.push({ longitude: place[0], latitude: place[1], frame, row, places: [latitude, longitude, hash].filter(Boolean) });
    }
  }
  return found ? points : null;
}

/** The view { x, y, scale } that shows places { x, y } in width x height px: `x` and `y` of the middle, on the map of 256 px. */
export function fitting(places, width, height, padding = 40) {
  if (!places.length) return { x: world / 2, y: world / 2, scale: Math.max(.5, Math.min(width, height) / world) };
  let left = Infinity, right = -Infinity, top = Infinity, bottom = -Infinity;
  for (const { x, y } of places) { left = Math.min(left, x); right = Math.max(right, x); top = Math.min(top, y); bottom = Math.max(bottom, y); }
  const scale = Math.min((width - padding * 2) / Math.max(right - left, 1e-4), (height - padding * 2) / Math.max(bottom - top, 1e-4), 2 ** 12);
  return { x: (left + right) / 2, y: (top + bottom) / 2, scale: Math.max(.25, scale) };
}

/** Degrees between lines of the graticule, so that about `count` of them cross `span` degrees. */
export const graticuleStep = (span, count = 6) => [60, 30, 15, 10, 5, 2, 1, .5, .2, .1, .05, .02, .01].find((step) => span / step >= count) ?? .01;
