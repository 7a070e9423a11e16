// Why an item is predicted so: what adds up to the prediction, as bars and as numbers.
import type { ComponentChildren } from "preact";
import type { Explanation } from "../api";
import { decimal, signed, titleOf } from "../format";
import { useResource } from "../resource";
import { href } from "../router";
import { Shown, SignedBar, Table } from "../ui";

interface Part {
    key: string;
    name: ComponentChildren;
    value: number;
    isStart?: boolean;
}

export function Reasons({ ask, on }: { ask: (signal: AbortSignal) => Promise<Explanation>; on: readonly unknown[] }) {
    const explanation = useResource(ask, on);
    return (
        <Shown of={explanation} what="the reasons" tall>
            {(why) => <Sum of={why} />}
        </Shown>
    );
}

function partsOf(why: Explanation): Part[] {
    const parts: Part[] = [
        { key: "mean", name: "The mean of all ratings", value: why.globalMean, isStart: true },
        { key: "user", name: "How this user rates beside it", value: why.userBias },
        { key: "item", name: "How this title is rated beside it", value: why.itemBias },
        ...why.contributions.map((one) => ({
            key: `rating ${one.item}`,
            name: (
                <>
                    <a href={href("query", "item", one.item)}>{titleOf(one)}</a>, rated {one.rating}
                </>
            ),
            value: one.value,
        })),
        { key: "others", name: "Their other ratings together", value: why.otherContributions },
        { key: "rest", name: "What no rating accounts for", value: why.residual },
    ];
    return parts.filter((part) => part.value !== 0);
}

function Sum({ of: why }: { of: Explanation }) {
    const parts = partsOf(why);
    const widest = Math.max(...parts.filter((part) => !part.isStart).map((part) => Math.abs(part.value)), 1e-9);
    return (
        <Table
            caption={`Why ${titleOf(why)}: ${why.basis}`}
            rows={parts}
            keyOf={(part) => part.key}
            columns={[
                { name: "Part", cell: (part) => part.name },
                {
                    name: <span class="hidden">As a bar</span>,
                    cell: (part) => (part.isStart ? null : <SignedBar share={part.value / widest} />),
                },
                { name: "Adds", cell: (part) => (part.isStart ? decimal(part.value, 3) : signed(part.value)), isNumber: true },
            ]}
            foot={
                <tfoot>
                    <tr>
                        <th scope="row" colSpan={2}>
                            Sum
                        </th>
                        <td class="number">{decimal(why.unclipped, 3)}</td>
                    </tr>
                    {Math.abs(why.prediction - why.unclipped) > 0.0005 && (
                        <tr>
                            <th scope="row" colSpan={2}>
                                {why.meaning === "probability" ? "As a probability" : "Kept within the scale"}
                            </th>
                            <td class="number">{decimal(why.prediction, 3)}</td>
                        </tr>
                    )}
                </tfoot>
            }
        />
    );
}
