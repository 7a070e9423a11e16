// Curves on a canvas. Whoever cannot see them finds the same numbers in the table that every page has beside its chart.
import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import { colour, colours } from "./theme";

export interface Curve {
    name: string;
    colour: string;
    dash?: number[];
    values: (number | null)[];
}

interface ChartProps {
    label: string;
    x: { name: string; values: number[] };
    curves: Curve[];
    digits: number;
}

const height = 260;

export function Chart({ label, x, curves, digits }: ChartProps) {
    const box = useRef<HTMLDivElement>(null);
    const plot = useRef<UPlot | null>(null);
    const data = [x.values, ...curves.map((curve) => curve.values)] as UPlot.AlignedData;
    useEffect(() => {
        const element = box.current!;
        const axis = { stroke: colour("soft"), grid: { stroke: colour("line"), width: 1 }, ticks: { stroke: colour("line"), width: 1 } };
        const drawn = new UPlot(
            {
                width: element.clientWidth,
                height,
                scales: { x: { time: false } },
                axes: [
                    { ...axis, label: x.name, labelSize: 20, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
                    { ...axis, size: 58, values: (_, ticks) => ticks.map((tick) => tick.toFixed(digits)) },
                ],
                series: [
                    { label: x.name },
                    ...curves.map((curve) => ({
                        label: curve.name,
                        stroke: colour(curve.colour),
                        width: 2,
                        dash: curve.dash,
                        points: { show: true, size: 5, fill: colour(curve.colour) },
                        value: (_: UPlot, value: number | null) => (value == null ? "–" : value.toFixed(4)),
                    })),
                ],
                legend: { live: true },
            },
            data,
            element,
        );
        plot.current = drawn;
        const observer = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }));
        observer.observe(element);
        return () => {
            observer.disconnect();
            drawn.destroy();
        };
    }, [colours.value, label]);
    useEffect(() => plot.current?.setData(data), [x.values, curves]);
    return <div class="chart" role="img" aria-label={label} ref={box} />;
}
