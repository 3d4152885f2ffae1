// What comes before the page itself: its styles, and the first questions to the server, whose answers are on their way while the browser
// still reads the scripts.
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/grid.css";

import { askEarly } from "./early";

const { charts } = askEarly(location.hash);
void import("./main").then(({ start }) => start(charts));
// What the page shows next is on its way too.
if (charts) void import("./charts/charts-view");
