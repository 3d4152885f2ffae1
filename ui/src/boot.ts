// What comes before the page itself: its styles, and the first question to the server, whose answer is on its way while the browser still
// reads the scripts.
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/grid.css";

import { askEarly } from "./api/early";

askEarly(location.hash);
void import("./main");
