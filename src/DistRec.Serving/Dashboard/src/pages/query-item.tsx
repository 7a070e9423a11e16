import { findItems, getSimilar } from "../api";
import { decimal, plural, titleOf } from "../format";
import { useResource } from "../resource";
import { href } from "../router";
import { Panel, Shown, Table } from "../ui";

export function ItemView({ item }: { item: string }) {
    const similar = useResource((signal) => getSimilar(item, 20, signal), [item]);
    const found = useResource((signal) => findItems(item, 50, signal), [item]);
    const ratings = found.value.value?.items.find((one) => one.item === item)?.ratings;
    return (
        <Shown of={similar} what="the similar titles" tall>
            {(answer) => (
                <Panel
                    title={`Like ${titleOf(answer)}`}
                    aside={
                        <span class="note">
                            item {item}
                            {ratings != null && `, ${plural(ratings, "rating")}`}
                        </span>
                    }
                >
                    {answer.items.length === 0 ? (
                        <div class="state">
                            <p>Nothing is known to be like it: {answer.basis}.</p>
                        </div>
                    ) : (
                        <Table
                            caption={`Similar titles, ${answer.basis}`}
                            rows={answer.items}
                            keyOf={(one) => one.item}
                            named={1}
                            columns={[
                                { name: "#", cell: (one) => one.rank, isNumber: true },
                                { name: "Title", cell: (one) => <a href={href("query", "item", one.item)}>{titleOf(one)}</a> },
                                { name: "Similarity", cell: (one) => decimal(one.similarity, 3), isNumber: true },
                            ]}
                        />
                    )}
                </Panel>
            )}
        </Shown>
    );
}
