// A list of recommendations, each with its reasons.
import { useSignal } from "@preact/signals";
import type { Explanation, RecommendedItem, Recommendations } from "../api";
import { decimal, titleOf } from "../format";
import { href } from "../router";
import { type Column, Table } from "../ui";
import { Reasons } from "./reasons";

interface RecommendedProps {
    answer: Recommendations;
    /** Asks why an item is predicted so. */
    explain: (item: string, signal: AbortSignal) => Promise<Explanation>;
    /** What reasons depend on beside the item. */
    on?: unknown;
    /** Places before the last rating, by item; undefined where there was none. */
    before?: ReadonlyMap<string, number>;
}

const meanings: Record<string, string> = { prediction: "Rating", probability: "Probability", preference: "Preference" };

export function Recommended({ answer, explain, on, before }: RecommendedProps) {
    const opened = useSignal<string | null>(null);
    const columns: Column<RecommendedItem>[] = [
        {
            name: "#",
            cell: (item) => (
                <>
                    {item.rank}
                    {before && <Moved from={before.get(item.item)} to={item.rank} isFirst={before.size === 0} />}
                </>
            ),
            isNumber: true,
        },
        { name: "Title", cell: (item) => <a href={href("query", "item", item.item)}>{titleOf(item)}</a> },
        { name: meanings[answer.meaning] ?? "Prediction", cell: (item) => decimal(item.prediction, 2), isNumber: true },
        { name: "Score", cell: (item) => decimal(item.score, 3), isNumber: true, isExtra: true },
        {
            name: <span class="hidden">Reasons</span>,
            cell: (item) => (
                <button
                    type="button"
                    class="quiet small"
                    aria-expanded={opened.value === item.item}
                    aria-label={`Why ${titleOf(item)}`}
                    onClick={() => {
                        opened.value = opened.value === item.item ? null : item.item;
                    }}
                >
                    Why
                </button>
            ),
        },
    ];
    return (
        <>
            <Table
                caption={`${answer.items.length} titles, ${answer.basis}`}
                rows={answer.items}
                columns={columns}
                named={1}
                keyOf={(item) => item.item}
                below={(item) =>
                    opened.value === item.item && <Reasons ask={(signal) => explain(item.item, signal)} on={[item.item, on]} />
                }
            />
            {answer.shortage && <p class="note">{answer.shortage}</p>}
        </>
    );
}

function Moved({ from, to, isFirst }: { from: number | undefined; to: number; isFirst: boolean }) {
    if (isFirst || from === to) {
        return <small class="move" />;
    }

    if (from === undefined) {
        return <small class="move up">new</small>;
    }

    const isUp = from > to;
    return (
        <small class={isUp ? "move up" : "move"}>
            <span class="hidden">{isUp ? "up " : "down "}</span>
            <span aria-hidden="true">{isUp ? "▲" : "▼"}</span>
            {Math.abs(from - to)}
        </small>
    );
}

/** Which version answered, and by which experiment's choice. */
export function ServedNote({ of: { served } }: { of: Recommendations }) {
    return (
        served && (
            <span class="note">
                {served.model} version {served.version}
                {served.experiment !== null &&
                    `, arm ${served.arm} of ${served.experiment} (chosen with probability ${decimal(served.propensity, 2)})`}
            </span>
        )
    );
}
