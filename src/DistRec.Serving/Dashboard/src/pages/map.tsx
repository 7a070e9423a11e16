// Items in two dimensions, those that users rate alike beside each other (t-SNE of their factors).
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { getMap, getModels, type ItemMap, type MapItem } from "../api";
import { count, decimal, plural, titleOf } from "../format";
import { type Resource, useResource } from "../resource";
import { href } from "../router";
import { Panel, Shown, Table } from "../ui";
import { MapCanvas } from "./map-canvas";
import { fit, inView, type Size, type View } from "./map-view";
import { useSettled } from "./query";

const sizes = [500, 1000, 2000, 5000];
const mostShown = 25;

const isMap = (answer: ItemMap | { progress: number }): answer is ItemMap => "items" in answer;

export function MapPage() {
    const models = useResource(getModels, []);
    return (
        <Shown
            of={models}
            what="the models"
            tall
            isEmpty={({ models }) => models.every((model) => model.active === null)}
            empty={
                <p>
                    A map shows an active model's items, and no model is active. See the page <a href={href("models")}>Models</a>.
                </p>
            }
        >
            {({ models: all }) => (
                <Choice
                    names={all
                        .filter((model) => model.active !== null)
                        .sort((one, other) => Number(other.isDefault) - Number(one.isDefault))
                        .map((model) => model.name)}
                />
            )}
        </Shown>
    );
}

function Choice({ names }: { names: string[] }) {
    const name = useSignal(names[0]!);
    const items = useSignal(sizes[1]!);
    const map = useResource((signal) => getMap(name.value, items.value, signal), [name.value, items.value], {
        everySeconds: 1,
        until: isMap,
    });
    return (
        <Panel
            title={`Items of ${name.value}`}
            aside={
                <span class="row">
                    {names.length > 1 && (
                        <label class="inline">
                            Model{" "}
                            <select
                                value={name.value}
                                onChange={(event) => {
                                    name.value = event.currentTarget.value;
                                }}
                            >
                                {names.map((one) => (
                                    <option key={one}>{one}</option>
                                ))}
                            </select>
                        </label>
                    )}
                    <label class="inline">
                        Items{" "}
                        <select
                            value={items.value}
                            onChange={(event) => {
                                items.value = Number(event.currentTarget.value);
                            }}
                        >
                            {sizes.map((one) => (
                                <option key={one} value={one}>
                                    {count(one)} with most ratings
                                </option>
                            ))}
                        </select>
                    </label>
                </span>
            }
        >
            <Drawn of={map} />
        </Panel>
    );
}

function Drawn({ of }: { of: Resource<ItemMap | { progress: number }> }) {
    return (
        <Shown
            of={of}
            what="the map"
            tall
            isEmpty={(answer) => isMap(answer) && answer.items.length === 0}
            empty={<p>There are no items to draw.</p>}
        >
            {(answer) =>
                isMap(answer) ? (
                    <Explorer map={answer} />
                ) : (
                    <div class="state tall">
                        <label class="field">
                            <span>The map is being computed, once for this version: {Math.round(answer.progress * 100)} %</span>
                            <progress max={1} value={answer.progress} />
                        </label>
                    </div>
                )
            }
        </Shown>
    );
}

function Explorer({ map }: { map: ItemMap }) {
    const sought = useSignal("");
    const view = useSignal<View | null>(null);
    const size = useSignal<Size>({ width: 0, height: 0 });
    const chosen = useSignal<MapItem | null>(null);
    const search = useSettled(sought.value.trim().toLowerCase());
    const matches = useMemo(
        () => (search === "" ? [] : map.items.filter((item) => titleOf(item).toLowerCase().includes(search) || item.item === search)),
        [map, search],
    );
    const found = useMemo(() => new Set(matches.map((item) => item.item)), [matches]);
    const seen = useSeen(map, view.value, size.value);
    const more = seen.length > mostShown ? `; the ${mostShown} with most ratings` : "";
    return (
        <>
            <div class="row end search">
                <label class="field">
                    <span>Mark titles that contain</span>
                    <input
                        type="search"
                        value={sought.value}
                        maxLength={200}
                        onInput={(event) => {
                            sought.value = event.currentTarget.value;
                        }}
                    />
                </label>
                <button
                    type="button"
                    class="quiet"
                    disabled={matches.length === 0}
                    onClick={() => {
                        const near = fit(matches, size.peek());
                        view.value = { ...near, scale: Math.min(near.scale, 12 * fit(map.items, size.peek()).scale) };
                    }}
                >
                    Go to them
                </button>
                <span class="note" role="status">
                    {search === "" ? "" : plural(matches.length, "title is marked", "titles are marked")}
                </span>
            </div>
            <div class="columns wide-first">
                <div>
                    <MapCanvas items={map.items} found={found} view={view} size={size} chosen={chosen} />
                    <p class="chosen">
                        {chosen.value ? (
                            <>
                                <a href={href("query", "item", chosen.value.item)}>{titleOf(chosen.value)}</a>
                                {chosen.value.ratings !== null && <span class="soft">, {plural(chosen.value.ratings, "rating")}</span>}
                            </>
                        ) : (
                            <span class="soft">Point at an item to read its title.</span>
                        )}
                    </p>
                    <p class="note" id="map-keys">
                        On the map the arrow keys go from item to item, with Shift they move the map; + and − zoom, 0 shows all, Enter opens
                        an item. The wheel zooms once the map is clicked.
                    </p>
                </div>
                <div class="tall-table" tabIndex={0} role="region" aria-label="Items in view">
                    <Table
                        caption={`${plural(seen.length, "item")} of ${count(map.items.length)} in view${more}`}
                        rows={seen.slice(0, mostShown)}
                        keyOf={(item) => item.item}
                        columns={[
                            {
                                name: "Title",
                                cell: (item) => (
                                    <a href={href("query", "item", item.item)}>
                                        {found.has(item.item) ? <mark>{titleOf(item)}</mark> : titleOf(item)}
                                    </a>
                                ),
                            },
                            { name: "Ratings", cell: (item) => count(item.ratings), isNumber: true },
                        ]}
                    />
                </div>
            </div>
            <p class="note">
                t-SNE with perplexity {map.perplexity}, seed {map.seed}; Kullback–Leibler divergence {decimal(map.klDivergence, 3)}. Near
                means alike; distances between groups mean little.
            </p>
        </>
    );
}

/** What is in view, those with most ratings first. */
function useSeen(map: ItemMap, view: View | null, size: Size): MapItem[] {
    return useMemo(
        () => (view === null ? [] : inView(map.items, view, size).sort((one, other) => (other.ratings ?? 0) - (one.ratings ?? 0))),
        [map, view, size],
    );
}
