import { render } from "preact";
import { Shell } from "./shell";
import "./styles/app.scss";

render(<Shell />, document.body);
