// The map under the pointer and the keyboard.
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { MapItem } from "../api";
import { plural, titleOf } from "../format";
import { go } from "../router";
import { colours } from "../theme";
import { announce } from "../ui";
import { draw, fit, nearest, next, pan, place, type Point, type Size, type View, zoom } from "./map-view";

interface MapCanvasProps {
    items: readonly MapItem[];
    found: ReadonlySet<string>;
    view: Signal<View | null>;
    size: Signal<Size>;
    chosen: Signal<MapItem | null>;
}

const zoomStep = 1.4;
const panStep = 60;

export function MapCanvas({ items, found, view, size, chosen }: MapCanvasProps) {
    const canvas = useRef<HTMLCanvasElement>(null);
    const fingers = useRef(new Map<number, Point>());
    const isDragging = useSignal(false);
    const seen = view.value;

    useEffect(() => {
        const observer = new ResizeObserver(([entry]) => {
            const { width, height } = entry!.contentRect;
            size.value = { width, height };
        });
        const element = canvas.current!;
        observer.observe(element);
        // A wheel is the page's, unless the map was asked for or the control key is held; Preact's listeners could not prevent it.
        const wheel = (event: WheelEvent) => {
            if (event.ctrlKey || document.activeElement === element) {
                event.preventDefault();
                change((now) => zoom(now, Math.exp(-event.deltaY / 400), { x: event.offsetX, y: event.offsetY }, size.peek()));
            }
        };
        element.addEventListener("wheel", wheel, { passive: false });
        return () => observer.disconnect();
    }, []);

    useEffect(() => {
        if (size.value.width > 0) {
            view.value = fit(items, size.peek());
        }
    }, [items, size.value.width > 0]);

    useEffect(() => {
        if (seen && size.value.width > 0) {
            draw(canvas.current!, items, seen, size.value, { found, chosen: chosen.value });
        }
    }, [items, seen, size.value, found, chosen.value, colours.value]);

    function change(to: (view: View) => View): void {
        if (view.peek()) {
            view.value = to(view.peek()!);
        }
    }

    const middle = (): Point => ({ x: size.peek().width / 2, y: size.peek().height / 2 });

    function choose(item: MapItem | null, isTold: boolean): void {
        if (item?.item !== chosen.peek()?.item) {
            chosen.value = item;
            if (item && isTold) {
                announce(`${titleOf(item)}${item.ratings === null ? "" : `, ${plural(item.ratings, "rating")}`}`);
            }
        }
    }

    function step(right: number, up: number): void {
        const now = view.peek()!;
        const from = chosen.peek() ?? nearest(items, middle(), now, size.peek(), Infinity);
        if (!from) {
            return;
        }

        const to = chosen.peek() ? next(items, from, right, up) : from;
        choose(to, true);
        const { x, y } = place(to, now, size.peek());
        if (x < 0 || y < 0 || x > size.peek().width || y > size.peek().height) {
            view.value = { ...now, x: to.x, y: to.y };
        }
    }

    const directions: Record<string, [right: number, up: number]> = {
        ArrowLeft: [-1, 0],
        ArrowRight: [1, 0],
        ArrowUp: [0, 1],
        ArrowDown: [0, -1],
    };
    const keyDown = (event: KeyboardEvent): void => {
        const direction = directions[event.key];
        if (direction && event.shiftKey) {
            change((now) => pan(now, direction[0] * panStep, -direction[1] * panStep));
        } else if (direction) {
            step(...direction);
        } else if (event.key === "+" || event.key === "=") {
            change((now) => zoom(now, zoomStep, middle(), size.peek()));
        } else if (event.key === "-") {
            change((now) => zoom(now, 1 / zoomStep, middle(), size.peek()));
        } else if (event.key === "0") {
            view.value = fit(items, size.peek());
        } else if (event.key === "Enter" && chosen.peek()) {
            go("query", "item", chosen.peek()!.item);
        } else {
            return;
        }

        event.preventDefault();
    };

    const pointerMove = (event: PointerEvent): void => {
        const at = { x: event.offsetX, y: event.offsetY };
        const last = fingers.current.get(event.pointerId);
        if (!last) {
            choose(nearest(items, at, view.peek()!, size.peek()), false);
            return;
        }

        const others = [...fingers.current].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
        fingers.current.set(event.pointerId, at);
        isDragging.value = true;
        const other = others[0];
        if (other) {
            const by = Math.hypot(at.x - other.x, at.y - other.y) / Math.max(1, Math.hypot(last.x - other.x, last.y - other.y));
            change((now) => zoom(now, by, other, size.peek()));
        } else {
            change((now) => pan(now, last.x - at.x, last.y - at.y));
        }
    };

    const pointerUp = (event: PointerEvent): void => {
        fingers.current.delete(event.pointerId);
        if (!isDragging.peek()) {
            choose(nearest(items, { x: event.offsetX, y: event.offsetY }, view.peek()!, size.peek(), 24), true);
        }

        isDragging.value = fingers.current.size > 0;
    };

    return (
        <div class="map">
            <canvas
                ref={canvas}
                tabIndex={0}
                role="application"
                aria-label="Map of the items"
                aria-describedby="map-keys"
                class={isDragging.value ? "dragging" : undefined}
                onKeyDown={keyDown}
                onPointerMove={pointerMove}
                onPointerUp={pointerUp}
                onPointerCancel={pointerUp}
                onPointerDown={(event) => {
                    event.currentTarget.setPointerCapture(event.pointerId);
                    fingers.current.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
                }}
            />
            <div class="tools">
                <button
                    type="button"
                    class="quiet small"
                    aria-label="Zoom in"
                    onClick={() => change((now) => zoom(now, zoomStep, middle(), size.peek()))}
                >
                    +
                </button>
                <button
                    type="button"
                    class="quiet small"
                    aria-label="Zoom out"
                    onClick={() => change((now) => zoom(now, 1 / zoomStep, middle(), size.peek()))}
                >
                    −
                </button>
                <button
                    type="button"
                    class="quiet small"
                    aria-label="All of the map"
                    onClick={() => {
                        view.value = fit(items, size.peek());
                    }}
                >
                    All
                </button>
            </div>
        </div>
    );
}
