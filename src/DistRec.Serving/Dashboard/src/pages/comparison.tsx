// Two versions of a model, side by side: what differs, and by how much.
import type { ModelVersion } from "../api";
import { count, decimal, metricName, moment, signed, words } from "../format";
import { Table } from "../ui";

interface Line {
    name: string;
    one: string;
    other: string;
    difference: string;
}

function linesOf(one: ModelVersion, other: ModelVersion): Line[] {
    const metrics = [...new Set([...Object.keys(one.metrics), ...Object.keys(other.metrics)])].map((name): Line => {
        const [a, b] = [one.metrics[name], other.metrics[name]];
        const show = (value: number | undefined) => (Number.isInteger(value) ? count(value) : decimal(value));
        return {
            name: metricName(name),
            one: show(a),
            other: show(b),
            difference:
                a === undefined || b === undefined ? "" : Number.isInteger(a) && Number.isInteger(b) ? signed(b - a, 0) : signed(b - a, 4),
        };
    });
    const sizes = (["users", "items", "ratings"] as const).map((name): Line => ({
        name,
        one: count(one[name]),
        other: count(other[name]),
        difference: one[name] === other[name] || one[name] === null || other[name] === null ? "" : signed(other[name] - one[name], 0),
    }));
    const texts: [string, unknown, unknown][] = [
        ["kind", one.kind, other.kind],
        ["data", one.dataName, other.dataName],
        ["made", moment(one.created), moment(other.created)],
        ...[...new Set([...Object.keys(one.options), ...Object.keys(other.options)])].map((name): [string, unknown, unknown] => [
            words(name),
            one.options[name],
            other.options[name],
        ]),
    ];
    // What both were given alike says nothing of how they differ.
    const differing = texts
        .filter(([, a, b]) => JSON.stringify(a) !== JSON.stringify(b))
        .map(([name, a, b]): Line => ({ name, one: String(a ?? "–"), other: String(b ?? "–"), difference: "differs" }));
    return [...metrics, ...sizes, ...differing];
}

export function Comparison({ one, other }: { one: ModelVersion; other: ModelVersion }) {
    return (
        <section class="inset" role="status" aria-label="Comparison">
            <Table
                caption={`Version ${one.version} beside version ${other.version}; options that both have alike are left out`}
                rows={linesOf(one, other)}
                keyOf={(line) => line.name}
                columns={[
                    { name: "", cell: (line) => line.name },
                    { name: `Version ${one.version}`, cell: (line) => line.one, isNumber: true },
                    { name: `Version ${other.version}`, cell: (line) => line.other, isNumber: true },
                    { name: "Difference", cell: (line) => line.difference, isNumber: true },
                ]}
            />
        </section>
    );
}
