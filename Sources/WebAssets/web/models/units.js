// Value formatting by unit id, as dashboards name them. A formatter is
// (value, decimals?) => { text, suffix?, prefix? }; decimals null means automatic.
import { formatDate, fromNow } from "./dateFormat.js";

/** Decimals that show three significant digits: 0 for whole numbers, one fewer for negative ones. */
export function autoDecimals(value) {
  if (value % 1 === 0) return 0;
  return Math.max(0, (value < 0 ? 1 : 2) - Math.floor(Math.log10(Math.abs(value))));
}

/** A number as text with fixed decimals; automatic decimals when null. */
export function toFixed(value, decimals) {
  if (value == null) return "";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "-∞";
  decimals = Math.min(decimals ?? autoDecimals(value), 100);
  const text = value.toFixed(decimals);
  // Beyond 1e21 toFixed answers in exponents, and "-0.00" reads as an error.
  return /^-0(\.0*)?$/.test(text) && value === 0 ? text.slice(1) : text;
}

const fixed = (suffix = "", factor = 1) => (value, decimals) =>
  ({ text: toFixed(value * factor, decimals), suffix });

/** Steps of `factor` through `suffixes`, of which the one at `zero` belongs to factor^0. */
const scaled = (factor, suffixes, zero = 0) => (value, decimals) => {
  if (value == null || !Number.isFinite(value)) return { text: toFixed(value, decimals), suffix: suffixes[zero] };
  let step = value === 0 ? 0 : Math.floor(Math.log(Math.abs(value)) / Math.log(factor) + 1e-12);
  step = Math.min(Math.max(step, -zero), suffixes.length - 1 - zero);
  return { text: toFixed(value / factor ** step, decimals), suffix: suffixes[zero + step] };
};

const siPrefixes = ["f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y"];
const iecPrefixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];
const si = (unit, offset = 0) => scaled(1000, siPrefixes.map((p) => " " + p + unit), 5 + offset);
const iec = (unit, offset = 0) => Object.assign(scaled(1024, iecPrefixes.map((p) => " " + p + unit), offset), { isBinary: true });
const short = scaled(1000, ["", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept"]);
const counts = ["", "K", "M", "B", "T"];
const count = (unit) => scaled(1000, counts.map((c) => c + (unit ? " " + unit : "")));
const currency = (symbol, after) => {
  const inner = scaled(1000, counts);
  return (value, decimals) => {
    const { text, suffix } = inner(value, decimals);
    return after ? { text, suffix: suffix + " " + symbol } : { prefix: symbol, text, suffix };
  };
};

/** Ladder of time units: rungs [bound, divisor, suffix], the bound exclusive, in the value's own unit. */
const ladder = (rungs) => (value, decimals) => {
  if (value == null) return { text: "" };
  const size = Math.abs(value);
  const [, divisor, suffix] = rungs.find(([bound]) => size < bound) ?? rungs[rungs.length - 1];
  return { text: toFixed(value / divisor, decimals), suffix };
};

const year = 31_556_900;
const nanoseconds = ladder([
  [1e3, 1, " ns"], [1e6, 1e3, " µs"], [1e9, 1e6, " ms"], [6e10, 1e9, " s"], [3.6e12, 6e10, " min"],
  [8.64e13, 3.6e12, " hour"], [Infinity, 8.64e13, " day"]]);
const microseconds = ladder([[1e3, 1, " µs"], [1e6, 1e3, " ms"], [Infinity, 1e6, " s"]]);
const milliseconds = ladder([
  [1e3, 1, " ms"], [6e4, 1e3, " s"], [3.6e6, 6e4, " min"], [8.64e7, 3.6e6, " hour"],
  [3.1536e10, 8.64e7, " day"], [Infinity, 3.1536e10, " year"]]);
const plainSeconds = ladder([
  [60, 1, " s"], [3600, 60, " min"], [86400, 3600, " hour"], [604800, 86400, " day"],
  [31536000, 604800, " week"], [Infinity, year, " year"]]);
const seconds = (value, decimals) => {
  const size = Math.abs(value ?? 0);
  if (size === 0 || size >= 1 || value == null) return plainSeconds(value, decimals);
  if (size < 1e-6) return { text: toFixed(value * 1e9, decimals), suffix: " ns" };
  if (size < 1e-3) return { text: toFixed(value * 1e6, decimals), suffix: " µs" };
  return { text: toFixed(value * 1e3, decimals), suffix: " ms" };
};
const minutes = ladder([[60, 1, " min"], [1440, 60, " hour"], [10080, 1440, " day"], [525600, 10080, " week"], [Infinity, 525948.333, " year"]]);
const hours = ladder([[24, 1, " hour"], [168, 24, " day"], [8760, 168, " week"], [Infinity, 8765.8, " year"]]);
const days = ladder([[7, 1, " day"], [365, 7, " week"], [Infinity, 365.24, " year"]]);

const durationUnits = [
  ["year", 31536000e3], ["month", 2592000e3], ["week", 604800e3], ["day", 86400e3],
  ["hour", 3600e3], ["minute", 60e3], ["second", 1e3], ["millisecond", 1]];

/** "1 day, 2 hours": the largest unit and `decimals` more. */
const duration = (unit) => (value, decimals) => {
  if (value == null) return { text: "" };
  if (value < 0) return { text: duration(unit)(-value, decimals).text, suffix: " ago" };
  let rest = Math.round(value * unit), more = decimals ?? 0;
  if (rest === 0) return { text: "0", suffix: " " + (unit === 1 ? "milliseconds" : "seconds") };
  const parts = [];
  for (const [name, size] of durationUnits) {
    const number = Math.floor(rest / size);
    if (number === 0 && !parts.length) continue;
    if (number > 0) parts.push(`${number} ${name}${number === 1 ? "" : "s"}`);
    rest -= number * size;
    if (more-- <= 0) break;
  }
  return { text: parts.join(", ") };
};

const two = (number) => String(number).padStart(2, "0");
const clockTime = (unit, withDays) => (value) => {
  if (value == null) return { text: "" };
  const total = Math.floor(Math.abs(value) * unit), sign = value < 0 ? "-" : "";
  const time = `${two(Math.floor(total / 3600) % (withDays ? 24 : Infinity))}:${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
  return { text: withDays ? `${sign}${Math.floor(total / 86400)} d ${time}` : sign + time };
};
const clock = (unit) => (value, decimals) => {
  if (value == null) return { text: "" };
  const ms = Math.round(value * unit);
  if (ms < 1000) return { text: `${String(ms).padStart(3, "0")}ms` };
  const parts = [[3600e3, "h"], [60e3, "m"], [1e3, "s"], [1, "ms"]];
  let rest = ms, texts = [];
  for (const [size, name] of parts) {
    const number = Math.floor(rest / size);
    rest -= number * size;
    if (number === 0 && !texts.length) continue;
    texts.push(String(number).padStart(name === "ms" ? 3 : 2, "0") + name);
    if (decimals != null && texts.length > decimals) break;
  }
  return { text: texts.join(":") };
};

const date = (pattern, todayPattern) => (value, decimals, options) => {
  if (value == null) return { text: "" };
  const zone = options?.timeZone;
  const today = todayPattern && formatDate(value, "YYYY-MM-DD", zone) === formatDate(Date.now(), "YYYY-MM-DD", zone);
  return { text: formatDate(value, today ? todayPattern : pattern, zone) };
};
const boolean = (yes, no) => (value) => ({ text: value == null ? "" : value ? yes : no });
const grouped = (value, decimals) => value == null ? { text: "" } : {
  text: Number(value).toLocaleString("en-US", { maximumFractionDigits: decimals ?? 20, minimumFractionDigits: decimals ?? 0 }),
};

const registry = new Map(Object.entries({
  none: fixed(), string: (value) => ({ text: value == null ? "" : String(value) }), short, sishort: si(""),
  percent: fixed("%"), percentunit: fixed("%", 100), humidity: fixed("%H"), dB: fixed(" dB"), candela: fixed(" cd"),
  locale: grouped, pixel: fixed(" px"), sci: (v, d) => ({ text: v == null ? "" : v.toExponential(d ?? undefined) }),
  hex: (v, d) => ({ text: v == null ? "" : Math.round(v).toString(16).toUpperCase() }),
  hex0x: (v, d) => ({ text: v == null ? "" : "0x" + Math.round(v).toString(16).toUpperCase() }),
  bool: boolean("True", "False"), bool_yes_no: boolean("Yes", "No"), bool_on_off: boolean("On", "Off"),
  bytes: iec("B"), decbytes: si("B"), bits: iec("b"), decbits: si("b"),
  Bps: si("B/s"), binBps: iec("B/s"), bps: si("b/s"), binbps: iec("b/s"), pps: si("p/s"),
  hertz: si("Hz"), rothz: si("Hz"), watt: si("W"), volt: si("V"), amp: si("A"), ohm: si("Ω"), joule: si("J"), watth: si("Wh"),
  watthperkg: si("Wh/kg"), voltamp: si("VA"), kwatt: si("W", 1), kwatth: si("Wh", 1), mwatt: si("W", -1), mamp: si("A", -1),
  mvolt: si("V", -1), kvolt: si("V", 1), kvoltamp: si("VA", 1), ev: si("eV"), farad: si("F"), henry: si("H"), dBm: fixed(" dBm"),
  celsius: fixed(" °C"), fahrenheit: fixed(" °F"), kelvin: fixed(" K"), pressurembar: si("bar", -1), pressurebar: si("bar"),
  pressurepa: si("Pa"), pressurehpa: fixed(" hPa"), pressurekbar: si("bar", 1), pressurepsi: scaled(1000, [" psi", " ksi", " Mpsi"]),
  lengthm: si("m"), lengthmm: si("m", -1), lengthkm: si("m", 1), lengthft: fixed(" ft"), lengthmi: fixed(" mi"),
  massg: si("g"), masskg: si("g", 1), massmg: si("g", -1), masst: fixed(" t"), litre: si("L"), mlitre: si("L", -1), m3: fixed(" m³"),
  velocityms: fixed(" m/s"), velocitykmh: fixed(" km/h"), velocitymph: fixed(" mph"), velocityknot: fixed(" kn"),
  rotrpm: fixed(" rpm"), rotrads: fixed(" rad/s"), degree: fixed("°"), radian: fixed(" rad"), flowgpm: fixed(" gpm"), lux: si("lx"),
  ppm: fixed(" ppm"), conppm: fixed(" ppm"), conppb: fixed(" ppb"), accMS2: fixed(" m/s²"), flops: si("FLOPS"), Hs: si("H/s"),
  ns: nanoseconds, µs: microseconds, us: microseconds, ms: milliseconds, s: seconds, m: minutes, h: hours, d: days,
  dtdurationms: duration(1), dtdurations: duration(1000), dthms: clockTime(1, false), dtdhms: clockTime(1, true),
  timeticks: (v, d) => seconds(v == null ? v : v / 100, d), clockms: clock(1), clocks: clock(1000),
  dateTimeAsIso: date("YYYY-MM-DD HH:mm:ss"), dateTimeAsIsoNoDateIfToday: date("YYYY-MM-DD HH:mm:ss", "HH:mm:ss"),
  dateTimeAsUS: date("MM/DD/YYYY h:mm:ss a"), dateTimeAsUSNoDateIfToday: date("MM/DD/YYYY h:mm:ss a", "h:mm:ss a"),
  dateTimeAsLocal: date("YYYY-MM-DD HH:mm:ss"), dateTimeAsLocalNoDateIfToday: date("YYYY-MM-DD HH:mm:ss", "HH:mm:ss"),
  dateTimeAsSystem: date("YYYY-MM-DD HH:mm:ss"), dateTimeFromNow: (v) => ({ text: v == null ? "" : fromNow(v) }),
  cps: count("c/s"), ops: count("ops/s"), reqps: count("req/s"), rps: count("rd/s"), wps: count("wr/s"), iops: count("io/s"),
  eps: count("evt/s"), mps: count("msg/s"), recps: count("rec/s"), rowsps: count("rows/s"), cpm: count("c/m"), opm: count("ops/m"),
  reqpm: count("req/m"), rpm: count("rd/m"), wpm: count("wr/m"), mpm: count("msg/m"), epm: count("evts/m"), recpm: count("rec/m"), rowspm: count("rows/m"),
  currencyUSD: currency("$"), currencyGBP: currency("£"), currencyEUR: currency("€"), currencyJPY: currency("¥"), currencyCNY: currency("¥"),
  currencyINR: currency("₹"), currencyRUB: currency("₽"), currencyUAH: currency("₴"), currencyBRL: currency("R$"), currencyKRW: currency("₩"),
  currencyCHF: currency("CHF"), currencyDKK: currency("kr", true), currencySEK: currency("kr", true), currencyNOK: currency("kr", true),
  currencyPLN: currency("zł", true), currencyCZK: currency("czk", true), currencyBTC: currency("฿"),
}));
// Rarer ones. "id:unit" goes in steps of 1000, a number says where they begin; "id=unit" stays as it is; "id$sign" is money, "id$$sign" with the sign behind.
for (const word of ("accFS2=ft/s² accG=g grad=grad arcmin=arcmin arcsec=arcsec areaM2=m² areaF2=ft² areaMI2=mi² acres=ac hectares=ha mflops:FLOPS:2 gflops:FLOPS:3 tflops:FLOPS:4 pflops:FLOPS:5 eflops:FLOPS:6 zflops:FLOPS:7 yflops:FLOPS:8 "
  + "conngm3=ng/m³ conngNm3=ng/Nm³ conμgm3=μg/m³ conμgNm3=μg/Nm³ conmgm3=mg/m³ conmgNm3=mg/Nm³ congm3=g/m³ congNm3=g/Nm³ conmgdL=mg/dL conmmolL=mmol/L currencyISK$$kr currencymBTC$mBTC currencyμBTC$μBTC currencyZAR$R currencyIDR$Rp currencyPHP$PHP "
  + "currencyVND$$đ currencyTRY$$₺ currencyMYR$RM currencyXPF$$XPF currencyBGN$BGN currencyPYG$₲ currencyUYU$UYU currencyILS$₪ megwatt:W:2 gwatt:W:3 Wm2=W/m² voltampreact:VAr kvoltampreact:VAr:1 kwattm=kW-Min amph:Ah kamph:Ah:1 mamph:Ah:-1 kamp:A:1 "
  + "mohm:Ω:-1 kohm:Ω:1 Mohm:Ω:2 µfarad:F:-2 nfarad:F:-3 pfarad:F:-4 ffarad:F:-5 mhenry:H:-1 µhenry:H:-2 lumens:Lm flowcms=cms flowcfs=cfs flowcfm=cfm litreh=L/h flowlpm=L/min flowmlpm=mL/min forceNm:Nm forcekNm:Nm:1 forceN:N forcekN:N:1 KHs:H/s:1 MHs:H/s:2 "
  + 'GHs:H/s:3 THs:H/s:4 PHs:H/s:5 EHs:H/s:6 masslb=lb lengthin=in pressurekpa=kPa pressurehg="Hg radbq:Bq radci:Ci radgy:Gy radrad:rad radsv:Sv radmsv:Sv:-1 radusv:Sv:-2 radrem:rem radexpckg:C/kg radr:R radsvh:Sv/h radmsvh:Sv/h:-1 radusvh:Sv/h:-2 '
  + "rotdegs=°/s farenheit=°F Nm3=Nm³ dm3=dm³ gallons=gal").split(" ")) {
  const [, id, kind, unit, offset] = /^([^:=$]+)(:|=|\$\$?)([^:]+):?(.*)$/.exec(word);
  registry.set(id, kind === ":" ? si(unit, Number(offset)) : kind === "=" ? fixed(" " + unit) : currency(unit, kind === "$$"));
}
["k", "m", "g", "t", "p"].forEach((letter, index) => {
  registry.set(letter + "bytes", iec("B", index + 1));
  registry.set("dec" + letter + "bytes", si("B", index + 1));
  const upper = letter.toUpperCase();
  registry.set(upper + "Bs", si("B/s", index + 1));
  registry.set(upper + "iBs", iec("B/s", index + 1));
  registry.set(upper + "bits", si("b/s", index + 1));
  registry.set(upper + "ibits", iec("b/s", index + 1));
});

const dateUnits = /^(dateTime|time:)/;
/** Whether values of this unit are points in time. */
export const isDateUnit = (unit) => dateUnits.test(unit ?? "");
const keepText = /^(string|hex|hex0x|sci|bool|locale|dt|clock)/;

const builders = {
  time: (rest) => date(rest.trim()), prefix: (rest) => (v, d) => ({ prefix: rest, text: toFixed(v, d) }),
  suffix: (rest) => fixed(rest), si: (rest) => siFrom(rest), count: (rest) => count(rest),
  currency: (rest) => { const [symbol, place] = rest.split(":"); return place === "suffix" ? currency(symbol, true) : currency(symbol); },
  bool: (rest) => { const [yes, no] = rest.split("/"); return boolean(yes ?? "", no ?? ""); },
};

/** "si:mV": an optional prefix, then the unit. */
function siFrom(text) {
  const index = text.length > 1 ? siPrefixes.indexOf(text[0]) : -1;
  return index >= 0 ? si(text.slice(1), index - 5) : si(text);
}

/** The formatter of a unit id; an unknown id becomes a suffix, as free text is common. */
export function formatter(unit) {
  if (!unit) return registry.get("none");
  const known = registry.get(unit);
  if (known) return known;
  const colon = unit.indexOf(":");
  const builder = colon > 0 ? builders[unit.slice(0, colon)] : null;
  const made = builder && Object.hasOwn(builders, unit.slice(0, colon)) ? builder(unit.slice(colon + 1)) : fixed(" " + unit);
  if (registry.size < 2000) registry.set(unit, made);
  return made;
}

/**
 * A value as people read it: { prefix, text, suffix }. Automatic decimals lose their trailing zeros.
 * Options: `timeZone` for dates.
 */
export function display(value, unit, decimals, options) {
  const result = formatter(unit)(value, decimals, options);
  let text = result.text;
  if (decimals == null && text.includes(".") && !isDateUnit(unit) && !keepText.test(unit ?? "")) {
    text = text.replace(/\.?0+$/, "");
  }
  return { prefix: result.prefix ?? "", text, suffix: text === "" ? "" : result.suffix ?? "" };
}

/** `display` as one string. */
export function formatValue(value, unit, decimals, options) {
  const { prefix, text, suffix } = display(value, unit, decimals, options);
  return prefix + text + suffix;
}

/** Whether a unit goes up in steps of 1024. */
export const isBinaryUnit = (unit) => Boolean(formatter(unit).isBinary);

/**
 * A tick of a value axis: three significant digits with their zeros ("2.50%"), whole numbers bare ("5%"),
 * and as many decimals as the increment between ticks needs to tell them apart.
 */
export function formatTick(value, unit, decimals, increment = 0) {
  let shown = decimals;
  const number = formatter(unit);
  if (shown == null && value !== 0 && increment > 0 && Number.isFinite(value) && !isDateUnit(unit) && !keepText.test(unit ?? "")) {
    const text = number(value, 12).text, scale = Math.abs(Number(text) / value), plain = Number(text);
    if (scale > 0 && Number.isFinite(scale)) {
      const step = Number((increment * scale).toPrecision(9));
      const whole = Math.abs(plain - Math.round(plain)) < Math.abs(step) * 1e-9;
      const exact = (String(step).split(".")[1] ?? "").length;
      const needed = exact <= 3 ? exact : Math.max(0, -Math.floor(Math.log10(step)));
      shown = whole ? 0 : Math.min(12, Math.max(autoDecimals(Math.abs(Number(plain.toPrecision(10)))), needed));
    }
  }
  const { prefix = "", text, suffix = "" } = number(value, shown);
  return prefix + text + suffix;
}

/** Unit choices for pickers: [group, [[id, name]…]]. */
export const unitGroups = [
  ["Misc", [["none", "Number"], ["string", "String"], ["short", "Short"], ["percent", "Percent (0-100)"], ["percentunit", "Percent (0.0-1.0)"], ["locale", "Locale format"], ["hex", "Hexadecimal"], ["sci", "Scientific notation"]]],
  ["Data", [["bytes", "Bytes (IEC)"], ["decbytes", "Bytes (SI)"], ["bits", "Bits (IEC)"], ["decbits", "Bits (SI)"], ["kbytes", "Kibibytes"], ["mbytes", "Mebibytes"], ["gbytes", "Gibibytes"]]],
  ["Data rate", [["pps", "Packets/s"], ["binBps", "Bytes/s (IEC)"], ["Bps", "Bytes/s (SI)"], ["binbps", "Bits/s (IEC)"], ["bps", "Bits/s (SI)"]]],
  ["Throughput", [["cps", "Counts/s"], ["ops", "Operations/s"], ["reqps", "Requests/s"], ["rps", "Reads/s"], ["wps", "Writes/s"], ["iops", "I/O operations/s"], ["eps", "Events/s"], ["mps", "Messages/s"], ["opm", "Operations/min"]]],
  ["Time", [["s", "Seconds"], ["ms", "Milliseconds"], ["µs", "Microseconds"], ["ns", "Nanoseconds"], ["m", "Minutes"], ["h", "Hours"], ["d", "Days"], ["dtdurations", "Duration (s)"], ["dtdurationms", "Duration (ms)"], ["dthms", "hh:mm:ss"]]],
  ["Date", [["dateTimeAsIso", "Datetime ISO"], ["dateTimeAsUS", "Datetime US"], ["dateTimeAsLocal", "Datetime local"], ["dateTimeFromNow", "From now"]]],
  ["Other", [["celsius", "Celsius (°C)"], ["fahrenheit", "Fahrenheit (°F)"], ["hertz", "Hertz (1/s)"], ["watt", "Watt (W)"], ["volt", "Volt (V)"], ["amp", "Ampere (A)"], ["joule", "Joule (J)"], ["rotrpm", "Revolutions/min"], ["currencyUSD", "Dollars ($)"], ["currencyEUR", "Euro (€)"], ["bool", "True / False"], ["bool_yes_no", "Yes / No"], ["bool_on_off", "On / Off"]]],
];
