// Icons as stroke paths on a 24 x 24 grid, drawn for Martlet.
import { svg } from "./dom.js";

const paths = {
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2",
  refresh: "M20 11a8 8 0 0 0-14.3-4L4 9M4 4v5h5M4 13a8 8 0 0 0 14.3 4L20 15M20 20v-5h-5",
  zoomOut: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20M7.5 10.5h6",
  down: "m7 10 5 5 5-5", up: "m7 14 5-5 5 5", left: "m14 7-5 5 5 5", right: "m10 7 5 5-5 5",
  menu: "M4 6h16M4 12h16M4 18h16", close: "M6 6l12 12M18 6 6 18", plus: "M12 5v14M5 12h14", minus: "M5 12h14",
  star: "m12 4 2.5 5.2 5.7.8-4.1 4 1 5.6-5.1-2.7-5.1 2.7 1-5.6-4.1-4 5.7-.8z",
  share: "M7 14a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM17 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM17 21a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM9.2 10.4l5.6-3.6M9.2 12.8l5.6 4",
  home: "M4 11 12 4l8 7M6 9.5V20h12V9.5M10 20v-6h4v6",
  dashboards: "M4 4h7v9H4zM13 4h7v5h-7zM13 11h7v9h-7zM4 15h7v5H4z",
  explore: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM15.5 8.5l-2 5-5 2 2-5z",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5a2 2 0 0 0 4 0",
  database: "M4 6c0-1.7 3.6-3 8-3s8 1.3 8 3-3.6 3-8 3-8-1.3-8-3zM4 6v12c0 1.7 3.6 3 8 3s8-1.3 8-3V6M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c1-4 4-5.5 7.5-5.5s6.500 1.500 7.500 5.500",
  settings: "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM19 12a7 7 0 0 0-.1-1.2l2-1.600-2-3.400-2.400 1a7 7 0 0 0-2-1.200L14 3h-4l-.4 2.600a7 7 0 0 0-2 1.200l-2.500-1-2 3.400 2.100 1.600a7 7 0 0 0 0 2.400l-2 1.600 2 3.400 2.400-1a7 7 0 0 0 2 1.200L10 21h4l.4-2.600a7 7 0 0 0 2-1.200l2.500 1 2-3.400-2.100-1.600c.1-.4.2-.8.2-1.200z",
  save: "M5 4h11l4 4v12H4V5zM8 4v5h7V4M7 20v-6h10v6",
  more: "M12 6h.01M12 12h.01M12 18h.01", info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8h.01",
  warning: "M12 4 2.500 20h19zM12 10v4M12 17h.01", error: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v6M12 16.500h.01",
  check: "m5 12.500 4.500 4.500L19 7.500", link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700l-1.300 1.300M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700l1.300-1.300",
  external: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6", copy: "M8 8h12v12H8zM16 8V4H4v12h4",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5", edit: "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  eyeOff: "M4 4l16 16M9.900 5.800A9 9 0 0 1 12 5.500c6 0 9.500 6.500 9.500 6.500a17 17 0 0 1-3 3.700M6 7.500C3.700 9.300 2.500 12 2.500 12S6 18.500 12 18.500a9 9 0 0 0 4-.9",
  folder: "M3 6h6l2 2h10v11H3z", upload: "M12 16V4M7 9l5-5 5 5M4 16v4h16v-4", download: "M12 4v12M7 11l5 5 5-5M4 16v4h16v-4",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v2M12 20v2M4 12H2M22 12h-2M5 5l1.400 1.400M17.600 17.600 19 19M5 19l1.400-1.400M17.600 6.400 19 5",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z",
  keyboard: "M3 6h18v12H3zM7 10h.01M10.500 10h.01M14 10h.01M17 10h.01M7 14h10", help: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.7.3-1 .8-1 1.700M12 16.500h.01",
  logout: "M10 4H5v16h5M15 8l4 4-4 4M19 12H9", filter: "M4 5h16l-6 8v6l-4-2v-4z", table: "M3 5h18v14H3zM3 10h18M9 10v9",
  chart: "M4 4v16h16M7 15l4-5 3 3 5-7", code: "m8 7-5 5 5 5M16 7l5 5-5 5M13 5l-2 14", grip: "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
  play: "M7 5l12 7-12 7z", pause: "M8 5v14M16 5v14", history: "M4 12a8 8 0 1 0 2.500-5.800L4 8.500M4 4v4.500h4.500M12 8v4.500l3 1.500",
  camera: "M4 8h4l1.500-2.500h5L16 8h4v11H4zM12 16.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7z", list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  monitor: "M3 5h18v11H3zM9 20h6M12 16v4", split: "M4 4h16v16H4zM12 4v16",
};

/** An icon as SVG element, 16 px unless told; hidden from screen readers (label its button). */
export function icon(name, size = 16) {
  return svg(name === "more" || name === "grip" ? "svg.icon.dots" : "svg.icon", { viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true", focusable: "false" },
    svg("path", { d: paths[name] ?? paths.info }));
}

/** Martlet's mark: the footless bird of heraldry, in flight. */
export function logo(size = 24) {
  return svg("svg.logo", { viewBox: "0 0 32 32", width: size, height: size, "aria-hidden": "true" },
    svg("path.logo-wing", { d: "M15.200 16.400C12.400 11 8 6 1.500 3.500c1.200 6.800 4.300 11.500 9.300 14.300z" }),
    svg("path.logo-body", { d: "M30.500 10.500l-4.600-.4c-1-2.100-3.600-2.900-5.700-1.700-2.600 1.500-3.200 4.600-5 7.200-2.700 3.900-7 6-13.200 7l5 1.100-2.800 3.800c4.300-.2 7.200-1.400 9.600-3.100 7.300.6 12.300-3.500 12.700-11.100z" }));
}
