// What is wrong with a page, as a browser sees it: names of controls, contrast of text, sizes of what is touched, focus.

const roles = new Set(["button", "link", "textbox", "searchbox", "combobox", "checkbox", "switch", "radio", "spinbutton", "slider", "tab", "menuitem", "listbox", "image"]);

/** Controls that a screen reader cannot name, from Chromium's own tree. */
export async function nameless(browser) {
  const { nodes } = await browser.devtools("Accessibility.getFullAXTree");
  const out = [];
  for (const node of nodes) {
    if (node.ignored || !roles.has(node.role?.value) || node.name?.value?.trim()) continue;
    const { node: element } = await browser.devtools("DOM.describeNode", { backendNodeId: node.backendDOMNodeId }).catch(() => ({ node: {} }));
    out.push(`no name: ${node.role.value} <${element.localName} ${(element.attributes ?? []).join(" ")}>`);
  }
  return out;
}

/** What is wrong with how the page looks; `phone` asks for targets of a finger. */
export const audit = (browser, phone) => browser.run(`
  const faults = new Set(), phone = arguments[0];
  const say = (element, text) => faults.add(text + ": <" + element.localName + " class='" + element.className + "'> " + (element.innerText ?? "").trim().slice(0, 40).replace(/\\s+/g, " "));
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getClientRects().length > 0;
  const parse = (text) => {
    const numbers = (text.match(/[\\d.]+(e-?\\d+)?/g) ?? []).map(Number);
    if (text.startsWith("color(srgb")) return [numbers[0] * 255, numbers[1] * 255, numbers[2] * 255, numbers[3] ?? 1];
    return [numbers[0], numbers[1], numbers[2], numbers[3] ?? 1];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const light = (color) => { const [r, g, b] = color.map((part) => { const c = part / 255; return c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
  /** The colour behind an element; null where a picture or gradient is. */
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none" && at !== document.body && !at.matches("select")) return null;
      const color = parse(style.backgroundColor);
      if (color[3] > 0) layers.push(color);
      if (color[3] === 1) break;
    }
    return layers.reverse().reduce((under, color) => over(color, under), [255, 255, 255]);
  };
  const contrast = (element, text, opacity, name) => {
    const under = behind(element);
    if (!under) return;
    for (let at = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    const [r, g, b, a] = parse(text), ink = over([r, g, b, a * opacity], under), [one, two] = [light(ink), light(under)].sort((x, y) => y - x), ratio = (one + .05) / (two + .05);
    const style = getComputedStyle(element), size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) say(element, name + " " + ratio.toFixed(2));
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !shown(element) || element.closest("[disabled], [aria-disabled=true], option, .u-hz") || element.closest(".visually-hidden, .skip")) continue;
    contrast(element, element instanceof SVGElement ? getComputedStyle(element).fill : getComputedStyle(element).color, 1, "contrast");
  }
  for (const field of document.querySelectorAll("input[placeholder], textarea[placeholder]")) {
    if (!shown(field) || field.disabled) continue;
    const style = getComputedStyle(field, "::placeholder");
    contrast(field, style.color, Number(style.opacity), "contrast of placeholder “" + field.placeholder + "”");
  }
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) faults.add("id twice: " + id);
  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && shown(one)).pop();
    faults.add("wider than the window: " + document.documentElement.scrollWidth + " " + (wide?.outerHTML.slice(0, 120) ?? ""));
  }
  if (phone) for (const element of document.querySelectorAll("button, a[href], input:not([type=hidden]):not([type=file]), select")) {
    if (!shown(element) || element.closest(".visually-hidden, .skip")) continue;
    const target = element.matches("input[type=checkbox], input[type=radio]") ? element.closest("label") ?? element : element;
    const { width, height } = target.getBoundingClientRect();
    // A finger wants 40 px.
    const least = 40;
    // A link within a line of text is as high as the line.
    if ((width < least || height < least) && getComputedStyle(element).display !== "inline" && width > 0) say(element, "target " + Math.round(width) + "x" + Math.round(height));
    if (getComputedStyle(element).display === "inline" && height < 16) say(element, "target " + Math.round(width) + "x" + Math.round(height));
  }
  if (!document.documentElement.lang) faults.add("no language");
  if (!document.title.trim()) faults.add("no title");
  if (!document.querySelector("main")) faults.add("no main part");
  return [...faults];`, phone);

/** Controls that look the same with and without the keyboard's focus. */
export async function unfocused(browser) {
  await browser.key("\uE004");
  return browser.run(`
    const look = (element) => { const { outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor } = getComputedStyle(element); return [outlineStyle, outlineStyle === "none" ? "" : outlineWidth, boxShadow, borderColor, backgroundColor].join(); };
    const faults = new Set();
    for (const element of document.querySelectorAll("button, a[href], input:not([type=hidden]):not([type=file]), select, textarea, summary, [tabindex='0']")) {
      if (element.disabled || !element.checkVisibility({ visibilityProperty: true })) continue;
      document.activeElement?.blur();
      const before = look(element);
      element.focus({ preventScroll: true });
      for (const animation of element.getAnimations()) animation.finish();
      if (document.activeElement === element && look(element) === before) faults.add("no visible focus: " + element.outerHTML.slice(0, 120));
    }
    document.activeElement?.blur();
    return [...faults];`);
}

/** Changes the theme as its menu does, and ends what moves. */
export async function setTheme(browser, theme) {
  // The module that the page has loaded: its listeners are what is told of the theme.
  await browser.run(`const page = document.querySelector("script[type=module]").src;
    (await import(page.replace(/\\/web\\/.*/, "/web/lib/theme.js"))).setTheme(arguments[0]);
    for (let frame = 0; frame < 3; frame += 1) await new Promise((next) => requestAnimationFrame(next));
    for (const animation of document.getAnimations()) try { animation.finish(); } catch {}`, theme);
}
