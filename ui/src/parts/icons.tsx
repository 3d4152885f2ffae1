/** Line icons, 24 by 24, drawn in the colour of the text. */
const paths = {
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm9 2-4-4",
  columns: "M4 5h16v14H4zM10 5v14M15 5v14",
  chart: "M4 4v16h16M8 15l3-4 3 2 5-6",
  table: "M4 5h16v14H4zM4 10h16M4 15h16M10 5v14",
  compare: "M5 5h5v14H5zM14 5h5v14h-5z",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5",
  restore: "M4 11a8 8 0 1 1 2 5.500M4 5v6h6",
  tag: "M4 4h8l8 8-8 8-8-8zM8.500 8.500h.01",
  pencil: "M4 20l1-5L16 4l4 4L9 19zM13 7l4 4",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  check: "M5 12l5 5L19 7",
  download: "M12 4v11m-5-5 5 5 5-5M5 20h14",
  upload: "M12 15V4m-5 5 5-5 5 5M5 20h14",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5v14M16 5v14",
  larger: "M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7",
  plugin: "M9 4v4M15 4v4M6 8h12v4a6 6 0 0 1-12 0zM12 18v3",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM9 19.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 3v1.500M12 19.500V21M3 12h1.500M19.500 12H21M5.600 5.600l1 1M17.400 17.400l1 1M18.400 5.600l-1 1M6.600 17.400l-1 1",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500Z",
  system: "M4 5h16v11H4zM9 20h6M12 16v4",
  folder: "M3 6h6l2 2h10v11H3z",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  left: "M15 6l-6 6 6 6",
  right: "M9 6l6 6-6 6",
  down: "M6 9l6 6 6-6",
  up: "M6 15l6-6 6 6",
  close: "M6 6l12 12M18 6 6 18",
  pin: "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
  plus: "M12 5v14M5 12h14",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  help: "M9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.7.4-1 .8-1 1.700M12 17h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  alert: "M12 4 2.500 20h19zM12 10v4M12 17h.01",
  experiment: "M10 3h4M11 3v6l-6 10a1.500 1.500 0 0 0 1.300 2h11.400A1.500 1.500 0 0 0 19 19L13 9V3M8 15h8",
  model: "M12 3l8 4.500v9L12 21l-8-4.500v-9zM4 7.500l8 4.500 8-4.500M12 12v9",
  server: "M4 5h16v6H4zM4 13h16v6H4zM7.500 8h.01M7.500 16h.01",
  group: "M4 5h16M8 10h12M8 14h12M4 19h16",
  note: "M5 4h14v11l-5 5H5zM14 20v-5h5M8 8h8M8 12h5",
  exit: "M10 4H5v16h5M14 8l4 4-4 4M18 12H9",
  eye: "M2.500 12s3.500-6 9.500-6 9.500 6 9.500 6-3.500 6-9.500 6-9.500-6-9.500-6ZM12 14.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
