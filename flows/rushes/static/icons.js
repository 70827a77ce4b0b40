// Signs for buttons, drawn rather than typed: no font of somebody's machine decides how they look.

const PATHS = {
  play: "M5 3.5v13l11-6.5z",
  pause: "M5 4h3.4v12H5zM11.6 4H15v12h-3.4z",
  next_frame: "M6 5l7 5-7 5zM14 5h1.6v10H14z",
  previous_frame: "M14 5l-7 5 7 5zM4.4 5H6v10H4.4z",
  next_cut: "M3.5 5l5.6 5-5.6 5zM9.1 5l5.6 5-5.6 5zM15 5h1.8v10H15z",
  previous_cut: "M16.5 5l-5.6 5 5.6 5zM10.9 5l-5.6 5 5.6 5zM3.2 5H5v10H3.2z",
  loop: "M6 6h7a3.5 3.5 0 0 1 3.5 3.5h-1.8A1.8 1.8 0 0 0 13 7.7H6V10L2.5 6.9 6 3.8zM14 14H7a3.5 3.5 0 0 1-3.5-3.5h1.8A1.8 1.8 0 0 0 7 12.3h7V10l3.5 3.1-3.5 3.1z",
  sound: "M3 7.5h3L10 4v12l-4-3.5H3zM12 6.8a4.2 4.2 0 0 1 0 6.4zM13.2 4a7 7 0 0 1 0 12l-.8-1.4a5.4 5.4 0 0 0 0-9.2z",
  silent: "M3 7.5h3L10 4v12l-4-3.5H3zM12.2 7.6l1.2-1.2 2 2 2-2 1.2 1.2-2 2 2 2-1.2 1.2-2-2-2 2-1.2-1.2 2-2z",
  full: "M3 3h5v1.8H4.8V8H3zM12 3h5v5h-1.8V4.8H12zM3 12h1.8v3.2H8V17H3zM15.2 12H17v5h-5v-1.8h3.2z",
  pen: "M3 17l1-4 9-9 3 3-9 9-4 1zM14 3l1-1 3 3-1 1z",
  undo: "M8 5V2L3 6.5 8 11V8c3.5 0 6 1.6 7.5 5C15.2 8.4 12.5 5 8 5z",
  cross: "M5 6.2L6.2 5 10 8.8 13.8 5 15 6.2 11.2 10l3.8 3.8-1.2 1.2L10 11.2 6.2 15 5 13.8 8.8 10z",
};

export function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "0 0 20 20");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  drawing.append(path);
  return drawing;
}
