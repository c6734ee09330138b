// A row of tabs, as ARIA describes them: one tab stop, arrow keys between the tabs.
import { h } from "./dom.js";

/**
 * Makes a row of tabs: [[id, text], …]. `show(id)` fills what is below whenever another one is chosen.
 * Returns { element, choose(id) }; an id that is not there chooses the first.
 */
export function tabRow(entries, show) {
  const element = h("div.tabs", { role: "tablist" });
  const choose = (id) => {
    const chosen = entries.some(([one]) => one === id) ? id : entries[0][0];
    for (const tab of element.children) {
      const isChosen = tab.dataset.tab === chosen;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      // A narrow window shows some of the tabs only.
      if (isChosen && element.scrollWidth > element.clientWidth) tab.scrollIntoView({ block: "nearest", inline: "center" });
    }
    show(chosen);
  };
  for (const [id, text] of entries) element.append(h("button.tab", { type: "button", role: "tab", dataset: { tab: id }, onclick: () => choose(id) }, text));
  element.addEventListener("keydown", (event) => {
    const at = [...element.children].indexOf(document.activeElement), last = entries.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    choose(entries[to][0]);
    // What was chosen may have drawn the row anew.
    (element.isConnected ? element.children[to] : document.querySelector(`[role=tab][data-tab="${CSS.escape(entries[to][0])}"]`))?.focus();
  });
  return { element, choose };
}
