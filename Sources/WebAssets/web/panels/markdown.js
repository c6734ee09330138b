// Markdown to nodes: headings, lists, tables, quotes, code, links, images, emphasis; HTML within it is sanitised.
import { sanitized } from "./sanitize.js";

const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");

function inline(text) {
  const kept = [];
  const keep = (html) => `\u0000${kept.push(html) - 1}\u0000`;
  let out = text.replace(/(`+)([\s\S]*?[^`])\1(?!`)/g, (_, mark, code) => keep(`<code>${escape(code.trim())}</code>`))
    .replace(/\\([\\`*_{}[\]()#+\-.!|~>])/g, (_, char) => keep(escape(char)))
    .replace(/!\[([^\]]*)\]\(\s*<?([^\s)>]*)>?(?:\s+"([^"]*)")?\s*\)/g, (_, alt, url, title) => keep(`<img alt="${escape(alt)}" src="${escape(url)}"${title ? ` title="${escape(title)}"` : ""}>`))
    .replace(/\[((?:[^[\]]|\[[^\]]*\])*)\]\(\s*<?([^\s)>]*)>?(?:\s+"([^"]*)")?\s*\)/g, (_, label, url, title) => keep(`<a href="${escape(url)}"${title ? ` title="${escape(title)}"` : ""}>`) + label + keep("</a>"))
    .replace(/<(https?:\/\/[^\s>]+)>/g, (_, url) => keep(`<a href="${escape(url)}">${escape(url)}</a>`))
    .replace(/<\/?[a-zA-Z][^>]*>/g, (tag) => keep(tag))
    .replace(/(^|[\s(])(https?:\/\/[^\s<>"')]+)/g, (_, before, url) => before + keep(`<a href="${escape(url)}">${escape(url)}</a>`));
  out = out.replace(/\*\*(?=\S)([\s\S]*?\S)\*\*/g, "<strong>$1</strong>").replace(/(^|\W)__(?=\S)([\s\S]*?\S)__(?!\w)/g, "$1<strong>$2</strong>")
    .replace(/\*(?=\S)([^*]*?\S)\*/g, "<em>$1</em>").replace(/(^|\W)_(?=\S)([^_]*?\S)_(?!\w)/g, "$1<em>$2</em>").replace(/~~(?=\S)([\s\S]*?\S)~~/g, "<del>$1</del>").replace(/ {2,}\n/g, "<br>\n");
  for (let round = 0; round < 4 && out.includes("\u0000"); round++) out = out.replace(/\u0000(\d+)\u0000/g, (_, at) => kept[Number(at)] ?? "");
  return out;
}

function blocks(lines, depth) {
  const out = [];
  let at = 0, paragraph = [];
  const flush = () => { if (paragraph.length) out.push(`<p>${inline(paragraph.join("\n"))}</p>`); paragraph = []; };
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, "|"));
  while (at < lines.length) {
    const line = lines[at];
    let match;
    if (!line.trim()) { flush(); at++; } else if ((match = /^ {0,3}(`{3,}|~{3,})\s*(\S*)/.exec(line))) {
      flush();
      const code = [];
      for (at++; at < lines.length && !lines[at].trim().startsWith(match[1]); at++) code.push(lines[at]);
      at++;
      out.push(`<pre><code>${escape(code.join("\n"))}</code></pre>`);
    } else if ((match = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line))) { flush(); out.push(`<h${match[1].length}>${inline(match[2])}</h${match[1].length}>`); at++; } else if (/^ {0,3}([-*_])(\s*\1){2,}\s*$/.test(line)) { flush(); out.push("<hr>"); at++; } else if (paragraph.length && (match = /^ {0,3}(=+|-+)\s*$/.exec(line))) {
      const level = match[1][0] === "=" ? 1 : 2;
      out.push(`<h${level}>${inline(paragraph.join("\n"))}</h${level}>`);
      paragraph = [];
      at++;
    } else if (/^ {0,3}>/.test(line) && depth < 8) {
      flush();
      const quoted = [];
      for (; at < lines.length && /^ {0,3}>/.test(lines[at]); at++) quoted.push(lines[at].replace(/^ {0,3}> ?/, ""));
      out.push(`<blockquote>${blocks(quoted, depth + 1)}</blockquote>`);
    } else if ((match = /^(\s*)([-*+]|\d{1,9}[.)])\s+/.exec(line)) && depth < 8) {
      flush();
      const ordered = /\d/.test(match[2]), items = [];
      for (; at < lines.length; at++) {
        const item = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/.exec(lines[at]);
        if (item && item[1].length <= match[1].length + 1 && /\d/.test(item[2]) === ordered) items.push([item[3]]);
        else if (items.length && (/^\s{2,}\S/.test(lines[at]) || (!lines[at].trim() && /^\s{2,}\S/.test(lines[at + 1] ?? "")))) items[items.length - 1].push(lines[at].replace(/^\s{2,4}/, ""));
        else if (items.length && lines[at].trim() && !/^ {0,3}(#|>|```|[-*+]\s|\d+[.)]\s)/.test(lines[at]) && lines[at - 1].trim()) items[items.length - 1].push(lines[at]);
        else break;
      }
      const inner = items.map((parts) => `<li>${parts.length === 1 ? inline(parts[0]) : blocks(parts, depth + 1).replace(/^<p>([\s\S]*?)<\/p>/, "$1")}</li>`).join("");
      out.push(ordered ? `<ol>${inner}</ol>` : `<ul>${inner}</ul>`);
    } else if (line.includes("|") && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[at + 1] ?? "")) {
      flush();
      const align = cells(lines[at + 1]).map((cell) => (/^:-+:$/.test(cell) ? "center" : /-:$/.test(cell) ? "right" : "left"));
      const row = (text, tag) => `<tr>${cells(text).map((cell, index) => `<${tag} align="${align[index] ?? "left"}">${inline(cell)}</${tag}>`).join("")}</tr>`;
      let html = `<table><thead>${row(line, "th")}</thead><tbody>`;
      for (at += 2; at < lines.length && lines[at].includes("|"); at++) html += row(lines[at], "td");
      out.push(html + "</tbody></table>");
    } else if (!paragraph.length && /^\s*<(\/?[a-zA-Z][\w-]*)(\s|>|\/)/.test(line)) {
      const html = [];
      for (; at < lines.length && lines[at].trim(); at++) html.push(lines[at]);
      out.push(html.join("\n"));
    } else { paragraph.push(line.replace(/^ {0,3}/, "")); at++; }
  }
  flush();
  return out.join("\n");
}

/** A markdown text as sanitised nodes. */
export const markdown = (text) => sanitized(blocks(String(text).slice(0, 500_000).replace(/\r\n?/g, "\n").replaceAll("\u0000", "").split("\n"), 0));
