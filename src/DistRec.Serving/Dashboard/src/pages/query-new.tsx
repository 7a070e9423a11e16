// A user of a few ratings, whose list follows each of them at once.
import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import {
    addRatings,
    explainFor,
    findItems,
    getModels,
    type GivenRating,
    type Item,
    Problem,
    type RatingScale,
    recommendFor,
    type Recommendations,
} from "../api";
import { plural, titleOf } from "../format";
import { useResource } from "../resource";
import { href } from "../router";
import { Stars, usualScale } from "../stars";
import { announce, Panel, Shown } from "../ui";
import { useSettled } from "./query";
import { Recommended, ServedNote } from "./recommended";

interface Given extends GivenRating {
    title: string | null;
}

// Stays while one looks at other pages.
const given = signal<Given[]>([]);

function rate(item: Item | Given, rating: number): void {
    const others = given.value.filter((one) => one.item !== item.item);
    const at = given.value.findIndex((one) => one.item === item.item);
    const rated = { item: item.item, title: item.title, rating };
    given.value = at < 0 ? [...others, rated] : given.value.map((one, index) => (index === at ? rated : one));
}

export function NewUser() {
    const scale = useScale();
    const ratings = given.value.map(({ item, rating }) => ({ item, rating }));
    const list = useResource(ratings.length === 0 ? null : (signal) => recommendFor(ratings, 15, signal), [ratings], { keep: true });
    const before = useBefore(list.value.value);
    return (
        <div class="columns even">
            <div>
                <Panel
                    title="Rate a few titles"
                    aside={
                        <span class="note">
                            from {scale.minimum} to {scale.maximum} stars
                        </span>
                    }
                >
                    <Choice scale={scale} />
                </Panel>
                {given.value.length > 0 && (
                    <Panel
                        title="Your ratings"
                        aside={
                            <button
                                type="button"
                                class="quiet small"
                                onClick={() => {
                                    given.value = [];
                                }}
                            >
                                Remove all
                            </button>
                        }
                    >
                        <ul class="found">
                            {given.value.map((one) => (
                                <li key={one.item}>
                                    <span>{titleOf(one)}</span>
                                    <span class="row">
                                        <Stars
                                            label={`Your rating of ${titleOf(one)}`}
                                            scale={scale}
                                            value={one.rating}
                                            onChange={(rating) => rate(one, rating)}
                                        />
                                        <button
                                            type="button"
                                            class="quiet small"
                                            aria-label={`Remove ${titleOf(one)}`}
                                            onClick={() => {
                                                given.value = given.value.filter((other) => other.item !== one.item);
                                            }}
                                        >
                                            ×
                                        </button>
                                    </span>
                                </li>
                            ))}
                        </ul>
                        <Keep ratings={ratings} />
                    </Panel>
                )}
            </div>
            <Panel title="You should see" aside={list.value.value && <ServedNote of={list.value.value} />}>
                {ratings.length === 0 ? (
                    <div class="state tall">
                        <p>Your list stands here as soon as you have rated a title.</p>
                    </div>
                ) : (
                    <Shown of={list} what="your recommendations" tall>
                        {(answer) => (
                            <Recommended
                                answer={answer}
                                before={before}
                                on={ratings}
                                explain={(item, signal) => explainFor(ratings, item, 12, signal)}
                            />
                        )}
                    </Shown>
                )}
            </Panel>
        </div>
    );
}

/** The scale of the model that answers. */
function useScale(): RatingScale {
    const models = useResource(getModels, []);
    const answering = models.value.value?.models.find((model) => model.isDefault);
    return answering?.versions.find((version) => version.version === answering.active)?.ratingScale ?? usualScale;
}

/** Places in the list before this one; empty for the first. Says what has changed. */
function useBefore(answer: Recommendations | undefined): ReadonlyMap<string, number> {
    const lists = useRef<{ before: Recommendations | undefined; now: Recommendations | undefined }>({ before: undefined, now: undefined });
    if (answer !== lists.current.now) {
        lists.current = { before: lists.current.now, now: answer };
    }

    const before = new Map(lists.current.before?.items.map((item) => [item.item, item.rank]));
    useEffect(() => {
        if (answer) {
            const added = answer.items.filter((item) => !before.has(item.item)).length;
            announce(
                before.size === 0
                    ? `${plural(answer.items.length, "title")} recommended`
                    : `Your list has changed: ${plural(added, "new title")}`,
            );
        }
    }, [answer]);
    return before;
}

function Choice({ scale }: { scale: typeof usualScale }) {
    const sought = useSignal("");
    const search = useSettled(sought.value.trim());
    const items = useResource((signal) => findItems(search, 8, signal), [search], { keep: true });
    const ratingOf = (item: Item) => given.value.find((one) => one.item === item.item)?.rating ?? null;
    return (
        <>
            <label class="field">
                <span>A part of a title</span>
                <input
                    type="search"
                    value={sought.value}
                    maxLength={200}
                    onInput={(event) => {
                        sought.value = event.currentTarget.value;
                    }}
                />
            </label>
            <div class="choice">
                <Shown
                    of={items}
                    what="the titles"
                    isEmpty={(found) => found.items.length === 0}
                    empty={<p>No title contains “{search}”.</p>}
                >
                    {(found) => (
                        <ul class="found">
                            {found.items.map((item) => (
                                <li key={item.item}>
                                    <span>{titleOf(item)}</span>
                                    <Stars
                                        label={`Rate ${titleOf(item)}`}
                                        scale={scale}
                                        value={ratingOf(item)}
                                        onChange={(rating) => rate(item, rating)}
                                    />
                                </li>
                            ))}
                        </ul>
                    )}
                </Shown>
            </div>
        </>
    );
}

function Keep({ ratings }: { ratings: GivenRating[] }) {
    const user = useSignal("");
    const outcome = useSignal<{ saved: string } | { problem: Problem } | null>(null);
    const save = async (event: Event): Promise<void> => {
        event.preventDefault();
        try {
            await addRatings(user.value.trim(), ratings);
            outcome.value = { saved: user.value.trim() };
        } catch (error) {
            outcome.value = { problem: error as Problem };
        }
    };
    const told = outcome.value;
    return (
        <form class="keep" onSubmit={save}>
            <div class="row end">
                <label class="field">
                    <span>Keep them for a user's id</span>
                    <input
                        type="text"
                        required
                        maxLength={512}
                        value={user.value}
                        onInput={(event) => {
                            user.value = event.currentTarget.value;
                            outcome.value = null;
                        }}
                    />
                </label>
                <button type="submit" class="quiet">
                    Keep
                </button>
            </div>
            <p class="note" role="status">
                {told === null ? null : "saved" in told ? (
                    <>
                        Kept. <a href={href("query", "user", told.saved)}>See user {told.saved}</a>
                    </>
                ) : told.problem.kind === "missing" ? (
                    "This server keeps no ratings."
                ) : (
                    `Not kept: ${told.problem.message}`
                )}
            </p>
        </form>
    );
}
