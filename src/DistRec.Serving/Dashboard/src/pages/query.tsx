import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { findItems, findUsers } from "../api";
import { plural, titleOf } from "../format";
import { useResource } from "../resource";
import { go, href, route } from "../router";
import { announce, Panel, Shown } from "../ui";
import { ItemView } from "./query-item";
import { NewUser } from "./query-new";
import { UserView } from "./query-user";

// Stays while one looks at what was found.
const sought = signal("");

export function QueryPage() {
    const [, part, id] = route.value;
    return (
        <>
            <form role="search" class="row end search" onSubmit={(event) => event.preventDefault()}>
                <label class="field">
                    <span>A user's id, or a part of a title</span>
                    <input
                        type="search"
                        value={sought.value}
                        placeholder="42, or matrix"
                        maxLength={200}
                        onInput={(event) => {
                            sought.value = event.currentTarget.value;
                            if (part !== undefined) {
                                go("query");
                            }
                        }}
                    />
                </label>
                <a role="button" href={href("query", "new")} aria-current={part === "new" ? "page" : undefined}>
                    Be a new user
                </a>
            </form>
            {part === "user" && id ? (
                <UserView key={id} user={id} />
            ) : part === "item" && id ? (
                <ItemView key={id} item={id} />
            ) : part === "new" ? (
                <NewUser />
            ) : (
                <Found />
            )}
        </>
    );
}

/** A text once it has not changed for a moment. */
export function useSettled(text: string): string {
    const [settled, settle] = useState(text);
    useEffect(() => {
        const timer = setTimeout(() => settle(text), 150);
        return () => clearTimeout(timer);
    }, [text]);
    return settled;
}

function Found() {
    const search = useSettled(sought.value.trim());
    const items = useResource((signal) => findItems(search, 15, signal), [search], { keep: true });
    const users = useResource((signal) => findUsers(search, 15, signal), [search], { keep: true });
    useEffect(() => {
        if (search !== "" && items.value.value && users.value.value) {
            announce(`${plural(items.value.value.total, "title")}, ${plural(users.value.value.users.length, "user")} shown`);
        }
    }, [items.value.value, users.value.value]);
    return (
        <div class="columns two">
            <Panel
                title={search === "" ? "Titles with most ratings" : "Titles"}
                aside={items.value.value && <span class="note">{plural(items.value.value.total, "title")} in all</span>}
            >
                <Shown
                    of={items}
                    what="the titles"
                    tall
                    isEmpty={(found) => found.items.length === 0}
                    empty={<p>No title and no item's id contains “{search}”.</p>}
                >
                    {(found) => (
                        <ul class="found">
                            {found.items.map((item) => (
                                <li key={item.item}>
                                    <a href={href("query", "item", item.item)}>{titleOf(item)}</a>
                                    <span class="note">{item.ratings !== null && plural(item.ratings, "rating")}</span>
                                </li>
                            ))}
                        </ul>
                    )}
                </Shown>
            </Panel>
            <Panel title={search === "" ? "First users" : "Users"}>
                <Shown
                    of={users}
                    what="the users"
                    tall
                    isEmpty={(found) => found.users.length === 0}
                    empty={<p>No user's id begins with “{search}”.</p>}
                >
                    {(found) => (
                        <ul class="found">
                            {found.users.map((user) => (
                                <li key={user.user}>
                                    <a href={href("query", "user", user.user)}>User {user.user}</a>
                                    <span class="note">
                                        {user.ratings !== null && plural(user.ratings, "rating")}
                                        {user.new > 0 && `, ${user.new} new`}
                                    </span>
                                </li>
                            ))}
                        </ul>
                    )}
                </Shown>
            </Panel>
        </div>
    );
}
