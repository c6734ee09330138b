// Time picker, zoom and refresh: used by dashboards and explore. The owner has raw, range, timeZone, refreshInterval,
// loading, setTime, setTimeZone, setRefresh, refresh, cancel, and emits "time", "refresh" and "loading".
import { h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { focusField, menu, popover, toast } from "../lib/overlay.js";
import { dateParts, formatDate, fromParts } from "../models/dateFormat.js";
import { describeRange, describeTime, moveRange, parseDuration, parseTime, quickRanges, refreshIntervals, zoomOut } from "../models/timeRange.js";
import { remember, remembered, session } from "./session.js";

export function timeControls(owner, scope, { refreshable = true, timepicker = {} } = {}) {
  const label = h("span.cut"), zone = h("span.zone.wide-only");
  const pick = h("button.button.outline.time-button", { type: "button", "aria-haspopup": "dialog", onclick: () => openPicker(pick, owner, timepicker) }, icon("clock"), label, zone, icon("down"));
  const earlier = h("button.button.outline.square.wide-only", { type: "button", "aria-label": "Earlier", onclick: () => owner.setTime(moveRange(owner.range, -1)) }, icon("left"));
  const later = h("button.button.outline.square.wide-only", { type: "button", "aria-label": "Later", onclick: () => owner.setTime(moveRange(owner.range, 1)) }, icon("right"));
  const out = h("button.button.outline.square.wide-only", { type: "button", "aria-label": "Zoom out", onclick: () => owner.setTime(zoomOut(owner.range)) }, icon("zoomOut"));
  const run = h("button.button.outline.run-button", { type: "button", "aria-label": "Refresh", onclick: () => (owner.loading ? owner.cancel() : owner.refresh()) }, icon("refresh"));
  const every = h("button.button.outline.every-button", { type: "button", "aria-label": "Auto refresh interval", "aria-haspopup": "menu", onclick: () => {
    const minimum = parseDuration(session.settings?.minRefreshInterval) ?? 5e3, offered = (Array.isArray(timepicker.refresh_intervals) && timepicker.refresh_intervals.length ? timepicker.refresh_intervals : refreshIntervals).filter((text) => typeof text === "string" && (parseDuration(text) ?? 0) >= minimum);
    menu(every, [["", "Off"], ["auto", "Auto"], ...offered.map((text) => [text, text])].map(([value, text]) => ({ text, checked: (owner.refreshInterval || "") === value, run: () => owner.setRefresh(value) })), { align: "end" });
  } }, h("span.every-text"), icon("down"));

  function draw() {
    label.textContent = describeRange(owner.raw, owner.timeZone);
    pick.dataset.hint = `${formatDate(owner.range.from, "YYYY-MM-DD HH:mm:ss", owner.timeZone)}\nto\n${formatDate(owner.range.to, "YYYY-MM-DD HH:mm:ss", owner.timeZone)}`;
    pick.setAttribute("aria-label", "Time range: " + label.textContent);
    zone.textContent = owner.timeZone === "browser" ? "" : owner.timeZone.toLowerCase() === "utc" ? "UTC" : owner.timeZone;
    earlier.hidden = later.hidden = false;
    every.querySelector(".every-text").textContent = owner.refreshInterval || "";
    every.classList.toggle("empty", !owner.refreshInterval);
  }
  let timer = 0;
  const loading = (busy) => {
    clearTimeout(timer);
    // Short refreshes do not flicker.
    timer = setTimeout(() => {
      run.classList.toggle("busy", Boolean(busy));
      run.setAttribute("aria-label", busy ? "Cancel" : "Refresh");
      replace(run, icon(busy ? "close" : "refresh"), busy ? h("span", "Cancel") : null);
    }, busy ? 400 : 0);
  };
  scope.add(owner.on("time", draw));
  scope.add(owner.on("refresh", draw));
  scope.add(owner.on("loading", loading));
  scope.add(() => clearTimeout(timer));
  draw();
  return h("div.time-controls", { role: "group", "aria-label": "Time" }, h("div.button-group", earlier, pick, later, out), refreshable ? h("div.button-group", run, every) : null);
}

function openPicker(anchor, owner, timepicker) {
  const zone = owner.timeZone;
  const from = h("input.input", { id: "time-from", value: describeTime(owner.raw.from, zone), spellcheck: "false", autocomplete: "off" });
  const to = h("input.input", { id: "time-to", value: describeTime(owner.raw.to, zone), spellcheck: "false", autocomplete: "off" });
  const fault = h("div.fault", { hidden: true, role: "alert" }), calendarBox = h("div.calendar-box");
  let target = from;
  for (const input of [from, to]) input.addEventListener("focus", () => { target = input; });
  const apply = (raw) => {
    handle.close();
    remember("ranges", [raw, ...remembered("ranges", []).filter((one) => one.from !== raw.from || one.to !== raw.to)].slice(0, 4));
    owner.setTime(raw);
  };
  const submit = () => {
    const raw = { from: toRaw(from.value), to: toRaw(to.value) };
    const start = parseTime(raw.from, { zone }), end = parseTime(raw.to, { zone, up: true });
    from.setAttribute("aria-invalid", String(start == null));
    to.setAttribute("aria-invalid", String(end == null));
    fault.hidden = start != null && end != null && start <= end;
    fault.textContent = start == null || end == null ? "Write a time like “now-5m” or “2024-05-31 10:00:00”" : "“From” must not be after “To”";
    if (fault.hidden) apply(raw);
  };
  const toRaw = (text) => { const time = text.trim(); return time.startsWith("now") ? time : String(parseTime(time, { zone }) ?? time); };
  const enter = (event) => { if (event.key === "Enter") submit(); };
  from.addEventListener("keydown", enter);
  to.addEventListener("keydown", enter);
  const recent = remembered("ranges", []).filter((one) => typeof one?.from === "string" && !one.from.startsWith("now"));
  const offered = (timepicker.quick_ranges ?? []).filter((one) => one?.from && one?.to).map((one) => ({ text: one.display ?? `${one.from} to ${one.to}`, from: one.from, to: one.to }));
  const quick = [...offered, ...quickRanges], list = h("div.quick-list.menu", { role: "listbox", "aria-label": "Quick ranges" });
  const search = h("input.input", { type: "search", placeholder: "Search quick ranges", "aria-label": "Search quick ranges", oninput: () => drawQuick() });
  const drawQuick = () => replace(list, quick.filter((one) => one.text.toLowerCase().includes(search.value.trim().toLowerCase())).map((one) => h("button.menu-item", { type: "button", role: "option", "aria-selected": String(one.from === owner.raw.from && one.to === owner.raw.to), onclick: () => apply({ from: one.from, to: one.to }) }, one.text)));
  drawQuick();
  const zones = typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];
  const zoneSelect = h("select.select.small", { "aria-label": "Time zone", onchange: () => { handle.close(); owner.setTimeZone(zoneSelect.value); } }, [["browser", "Browser time"], ["utc", "UTC"], ...zones.map((name) => [name, name])].map(([value, text]) => h("option", { value, selected: value === zone }, text)));
  const copy = async () => { try { await navigator.clipboard.writeText(JSON.stringify({ from: owner.raw.from, to: owner.raw.to })); toast("success", "Time range copied"); } catch { toast("error", "The clipboard is not available"); } };
  const paste = async () => { try { const raw = JSON.parse(await navigator.clipboard.readText()); if (raw?.from && raw?.to) apply({ from: String(raw.from), to: String(raw.to) }); } catch { toast("error", "The clipboard holds no time range"); } };
  const content = h("div.time-picker", h("div.time-absolute", h("h5", "Absolute time range"),
    h("div.field", h("label", { for: "time-from" }, "From"), from), h("div.field", h("label", { for: "time-to" }, "To"), to), fault,
    h("div.row", h("button.button.primary.grow", { type: "button", onclick: submit }, "Apply time range"), h("button.button.square", { type: "button", "aria-label": "Copy time range", onclick: copy }, icon("copy")), h("button.button.square", { type: "button", "aria-label": "Paste time range", onclick: paste }, icon("download"))),
    calendarBox, recent.length ? h("div.menu.recent-ranges", h("div.menu-title", "Recently used"), recent.map((one) => h("button.menu-item", { type: "button", onclick: () => apply(one) }, describeRange(one, zone)))) : null,
    h("div.row.spread.zone-row", h("span.small.soft", formatDate(Date.now(), "[Now] HH:mm, [UTC]Z", zone)), zoneSelect)), h("div.time-quick", search, list));
  const handle = popover(anchor, content, { align: "end", label: "Time range" });
  if (!handle) return;
  drawCalendar(calendarBox, parseTime(owner.raw.to, { zone }) ?? Date.now(), { zone, weekStart: owner.weekStart ?? 1 }, () => [parseTime(toRaw(from.value), { zone }), parseTime(toRaw(to.value), { zone })], (day) => {
    const start = fromParts(day, zone);
    if (target === from) { from.value = formatDate(start, "YYYY-MM-DD 00:00:00", zone); target = to; to.focus({ preventScroll: true }); } else { to.value = formatDate(start, "YYYY-MM-DD 23:59:59", zone); target = from; }
  });
  handle.reposition();
  focusField(search);
}

/** A month of days; `settings`: { zone, weekStart: 0 (Sunday) to 6 }. */
function drawCalendar(box, time, settings, chosen, pick) {
  const { zone, weekStart } = settings;
  const { year, month } = dateParts(time, zone);
  const go = (by) => drawCalendar(box, Date.UTC(year, month - 1 + by, 15), { ...settings, zone: "utc" }, chosen, pick);
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay(), days = new Date(Date.UTC(year, month, 0)).getUTCDate(), blanks = (first - weekStart + 7) % 7;
  const [from, to] = chosen(), today = dateParts(Date.now(), zone);
  replace(box, h("div.row.spread", h("button.button.plain.square.small", { type: "button", "aria-label": "Previous month", onclick: () => go(-1) }, icon("left")), h("span.small", formatDate(Date.UTC(year, month - 1, 15), "MMMM YYYY", "utc")), h("button.button.plain.square.small", { type: "button", "aria-label": "Next month", onclick: () => go(1) }, icon("right"))),
    h("div.calendar", Array.from({ length: 7 }, (_, at) => h("span.calendar-head", ["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"][(weekStart + at) % 7])), Array.from({ length: blanks }, () => h("span")), Array.from({ length: days }, (_, at) => {
      const day = { year, month, day: at + 1 }, start = fromParts(day, zone), inside = from != null && to != null && start + 86400e3 > from && start <= to;
      return h("button", { type: "button", class: `${inside ? "inside" : ""} ${today.year === year && today.month === month && today.day === at + 1 ? "today" : ""}`, onclick: () => { pick(day); drawCalendar(box, time, settings, chosen, pick); } }, String(at + 1));
    })));
}
