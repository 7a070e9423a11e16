import { render } from "preact";
import { Shell } from "./shell";
import "uplot/dist/uPlot.min.css";
import "./styles/theme.css";
import "./styles/elements.css";
import "./styles/layout.css";
import "./styles/parts.css";

render(<Shell />, document.body);
