// Where the items of the map stand on the canvas, and what is drawn there.
import type { MapItem } from "../api";
import { titleOf } from "../format";
import { colour } from "../theme";

/** What of the plane is seen: the point in the middle, and pixels a unit. */
export interface View {
    x: number;
    y: number;
    scale: number;
}
export interface Size {
    width: number;
    height: number;
}
export interface Point {
    x: number;
    y: number;
}

export const place = (item: Point, view: View, { width, height }: Size): Point => ({
    x: width / 2 + (item.x - view.x) * view.scale,
    y: height / 2 - (item.y - view.y) * view.scale,
});

/** The view that holds all of some items. */
export function fit(items: readonly Point[], { width, height }: Size): View {
    const [left, right] = [Math.min(...items.map((item) => item.x)), Math.max(...items.map((item) => item.x))];
    const [low, high] = [Math.min(...items.map((item) => item.y)), Math.max(...items.map((item) => item.y))];
    const margin = 30;
    const scale = Math.min((width - 2 * margin) / Math.max(right - left, 1e-6), (height - 2 * margin) / Math.max(high - low, 1e-6));
    return { x: (left + right) / 2, y: (low + high) / 2, scale };
}

/** A view around the same point of the canvas, nearer by a factor. */
export function zoom(view: View, by: number, at: Point, { width, height }: Size): View {
    const [right, up] = [(at.x - width / 2) / view.scale, (height / 2 - at.y) / view.scale];
    return { x: view.x + right * (1 - 1 / by), y: view.y + up * (1 - 1 / by), scale: view.scale * by };
}

export const pan = (view: View, right: number, down: number): View => ({
    ...view,
    x: view.x + right / view.scale,
    y: view.y - down / view.scale,
});

export function inView(items: readonly MapItem[], view: View, size: Size): MapItem[] {
    return items.filter((item) => {
        const { x, y } = place(item, view, size);
        return x >= 0 && x <= size.width && y >= 0 && y <= size.height;
    });
}

/** The item nearest to a point of the canvas, if it is near. */
export function nearest(items: readonly MapItem[], at: Point, view: View, size: Size, within = 14): MapItem | null {
    let found: MapItem | null = null;
    let least = within ** 2;
    for (const item of items) {
        const { x, y } = place(item, view, size);
        const distance = (x - at.x) ** 2 + (y - at.y) ** 2;
        if (distance < least) {
            least = distance;
            found = item;
        }
    }

    return found;
}

/** The next item in a direction: near, and not far off to the side. */
export function next(items: readonly MapItem[], from: MapItem, right: number, up: number): MapItem {
    let found = from;
    let least = Infinity;
    for (const item of items) {
        const [dx, dy] = [item.x - from.x, item.y - from.y];
        const ahead = dx * right + dy * up;
        const aside = Math.abs(dx * up) + Math.abs(dy * right);
        if (ahead > 0 && ahead + 3 * aside < least) {
            least = ahead + 3 * aside;
            found = item;
        }
    }

    return found;
}

const radiusOf = (item: MapItem) => 2 + Math.min(3, Math.log10(1 + (item.ratings ?? 0)));

export interface Marks {
    found: ReadonlySet<string>;
    chosen: MapItem | null;
}

/** Draws the items, those with most ratings last, and titles of as many of them as do not cover each other. */
export function draw(canvas: HTMLCanvasElement, items: readonly MapItem[], view: View, size: Size, { found, chosen }: Marks): void {
    const dense = devicePixelRatio;
    canvas.width = Math.round(size.width * dense);
    canvas.height = Math.round(size.height * dense);
    const pen = canvas.getContext("2d")!;
    pen.scale(dense, dense);
    const [plain, marked, text, back] = [colour("accent"), colour("second"), colour("text"), colour("panel")];
    const seen = inView(items, view, size).sort((one, other) => (one.ratings ?? 0) - (other.ratings ?? 0));
    const dot = (item: MapItem, radius: number) => {
        const { x, y } = place(item, view, size);
        pen.beginPath();
        pen.arc(x, y, radius, 0, 2 * Math.PI);
        pen.fill();
    };
    pen.fillStyle = plain;
    pen.globalAlpha = found.size > 0 ? 0.2 : 0.55;
    seen.forEach((item) => dot(item, radiusOf(item)));
    pen.globalAlpha = 1;
    pen.fillStyle = marked;
    seen.filter((item) => found.has(item.item)).forEach((item) => dot(item, radiusOf(item) + 1.5));
    if (chosen) {
        const { x, y } = place(chosen, view, size);
        pen.strokeStyle = text;
        pen.lineWidth = 2;
        pen.beginPath();
        pen.arc(x, y, radiusOf(chosen) + 4, 0, 2 * Math.PI);
        pen.stroke();
    }

    const first = seen.reverse();
    const labelled = [...(chosen ? [chosen] : []), ...first.filter((item) => found.has(item.item)), ...(found.size > 0 ? [] : first)].slice(
        0,
        120,
    );
    label(pen, labelled, view, size, text, back);
}

function label(pen: CanvasRenderingContext2D, items: readonly MapItem[], view: View, size: Size, text: string, back: string): void {
    pen.font = "12px system-ui, sans-serif";
    pen.textBaseline = "middle";
    pen.lineWidth = 3;
    pen.lineJoin = "round";
    pen.strokeStyle = back;
    pen.fillStyle = text;
    const taken: [left: number, top: number, right: number, bottom: number][] = [];
    for (const item of items) {
        const title = short(titleOf(item));
        const { x, y } = place(item, view, size);
        const width = pen.measureText(title).width;
        const left = x + 9 + width > size.width ? x - 9 - width : x + 9;
        const box: (typeof taken)[number] = [left - 6, y - 11, left + width + 6, y + 11];
        if (left >= 0 && taken.every(([l, t, r, b]) => box[0] > r || box[2] < l || box[1] > b || box[3] < t)) {
            taken.push(box);
            pen.strokeText(title, left, y);
            pen.fillText(title, left, y);
        }
    }
}

const short = (title: string) => (title.length > 34 ? `${title.slice(0, 32)}…` : title);
