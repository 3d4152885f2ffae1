import { save } from "../csv";
import { Icon } from "../parts/icons";
import { Menu } from "../parts/menu";
import { sayFault } from "../parts/toasts";
import type { PictureHandle } from "./picture";

const types = ["SVG", "PNG", "CSV"] as const;

interface Props {
  title: string;
  disabled?: boolean;
  /** False while there is no picture to save, only values. */
  pictures?: boolean;
  /** Asked when a file is chosen; null when there is nothing to see any more. */
  picture: () => PictureHandle | null;
  /** The lines of the values. */
  csv: () => string[] | Promise<string[]>;
}

async function download(type: (typeof types)[number], { title, picture, csv }: Props): Promise<void> {
  const file = title.replace(/[^\w.-]+/g, "_");
  if (type === "CSV") {
    save(`${file}.csv`, "text/csv;charset=utf-8", new Blob(await csv()));
    return;
  }
  const seen = picture();
  if (!seen) return;
  if (type === "SVG") save(`${file}.svg`, "image/svg+xml", seen.svg());
  else save(`${file}.png`, "image/png", await seen.png());
}

/** The button that saves a chart as a file. */
export function DownloadMenu(props: Props) {
  const { title, disabled = false, pictures = true } = props;
  return (
    <Menu name={`Download ${title}`} className="button plain icon" disabled={disabled} label={<Icon name="download" />}>
      {(close) =>
        types.map((type) => (
          <button
            key={type}
            type="button"
            role="menuitem"
            disabled={type !== "CSV" && !pictures}
            onClick={() => {
              close();
              download(type, props).catch(sayFault);
            }}
          >
            {type}
          </button>
        ))
      }
    </Menu>
  );
}
