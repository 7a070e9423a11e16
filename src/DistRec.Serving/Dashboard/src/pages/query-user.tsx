import { explain, getHistory, getRecommendations, type RatedItem } from "../api";
import { plural, titleOf } from "../format";
import { useResource } from "../resource";
import { href } from "../router";
import { Badge, Panel, Shown, Table } from "../ui";
import { Recommended, ServedNote } from "./recommended";

export function UserView({ user }: { user: string }) {
    const list = useResource((signal) => getRecommendations(user, 20, signal), [user]);
    const history = useResource((signal) => getHistory(user, signal), [user]);
    return (
        <div class="columns two">
            <Panel title={`User ${user} should see`} aside={list.value.value && <ServedNote of={list.value.value} />}>
                <Shown
                    of={list}
                    what="the recommendations"
                    tall
                    isEmpty={(answer) => answer.items.length === 0}
                    empty={<p>Nothing is left to recommend.</p>}
                >
                    {(answer) => <Recommended answer={answer} explain={(item, signal) => explain(user, item, 12, signal)} />}
                </Shown>
            </Panel>
            <Panel
                title={`User ${user} has rated`}
                aside={history.value.value && <span class="note">{plural(history.value.value.ratings.length, "title")}</span>}
            >
                <Shown
                    of={history}
                    what="the ratings"
                    tall
                    isEmpty={(found) => found.ratings.length === 0}
                    empty={
                        <p>
                            {history.value.value?.known
                                ? "The model was saved without its ratings."
                                : "The server knows no ratings of this user."}
                        </p>
                    }
                >
                    {(found) => <Rated ratings={found.ratings} />}
                </Shown>
            </Panel>
        </div>
    );
}

const mostShown = 30;

function Rated({ ratings }: { ratings: RatedItem[] }) {
    const best = [...ratings].sort((one, other) => Number(other.new) - Number(one.new) || other.rating - one.rating);
    return (
        <>
            <Table
                caption="New ones first, then the best"
                rows={best.slice(0, mostShown)}
                keyOf={(rated) => rated.item}
                columns={[
                    {
                        name: "Title",
                        cell: (rated) => (
                            <>
                                <a href={href("query", "item", rated.item)}>{titleOf(rated)}</a>{" "}
                                {rated.new && <Badge kind="accent">new</Badge>}
                            </>
                        ),
                    },
                    { name: "Rating", cell: (rated) => rated.rating, isNumber: true },
                ]}
            />
            {ratings.length > mostShown && <p class="note">and {plural(ratings.length - mostShown, "title")} rated lower</p>}
        </>
    );
}
