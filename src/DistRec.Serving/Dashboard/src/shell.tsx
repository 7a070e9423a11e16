// The frame around every page: where one is, where one can go, and what is wrong with the connection.
import { useSignal } from "@preact/signals";
import { type ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { isLost, key, refusal, setKey } from "./api";
import { ClusterPage } from "./pages/cluster";
import { ExperimentsPage } from "./pages/experiments";
import { JobsPage } from "./pages/jobs";
import { MapPage } from "./pages/map";
import { ModelsPage } from "./pages/models";
import { OverviewPage } from "./pages/overview";
import { QueryPage } from "./pages/query";
import { href, route } from "./router";
import { type Theme, theme, themes } from "./theme";
import { announcement, Panel, sentence } from "./ui";

const pages: { path: string; name: string; page: ComponentType }[] = [
    { path: "overview", name: "Overview", page: OverviewPage },
    { path: "query", name: "Query", page: QueryPage },
    { path: "models", name: "Models", page: ModelsPage },
    { path: "jobs", name: "Jobs", page: JobsPage },
    { path: "cluster", name: "Cluster", page: ClusterPage },
    { path: "map", name: "Item map", page: MapPage },
    { path: "experiments", name: "Experiments", page: ExperimentsPage },
];

export function Shell() {
    const current = pages.find(({ path }) => path === (route.value[0] ?? "overview"));
    const name = current?.name ?? "No such page";
    const main = useRef<HTMLElement>(null);
    const isFirst = useRef(true);
    const place = route.value.join("/");
    useEffect(() => {
        document.title = [...route.value.slice(1, 3), name, "DistRec"].join(" · ");
        if (isFirst.current) {
            isFirst.current = false;
            return;
        }

        // Where a link led is read from its top; who types goes on typing.
        if (!(document.activeElement instanceof HTMLInputElement)) {
            main.current!.focus({ preventScroll: true });
            scrollTo(0, 0);
        }
    }, [place]);
    return (
        <div class="shell">
            <a
                class="skip"
                href="#main"
                onClick={(event) => {
                    event.preventDefault();
                    main.current!.focus();
                }}
            >
                Skip to the content
            </a>
            <header class="bar">
                <a class="brand" href={href("overview")} aria-label="DistRec, overview">
                    <Mark />
                    DistRec
                </a>
                <nav aria-label="Pages">
                    <ul>
                        {pages.map(({ path, name }) => (
                            <li key={path}>
                                <a href={href(path)} aria-current={path === current?.path ? "page" : undefined}>
                                    {name}
                                </a>
                            </li>
                        ))}
                    </ul>
                </nav>
                <label>
                    Theme
                    <select
                        value={theme.value}
                        onChange={(event) => {
                            theme.value = event.currentTarget.value as Theme;
                        }}
                    >
                        {themes.map((one) => (
                            <option key={one}>{one}</option>
                        ))}
                    </select>
                </label>
            </header>
            <main id="main" tabIndex={-1} ref={main}>
                <h1>{name}</h1>
                {refusal.value !== null ? (
                    <KeyPanel />
                ) : current ? (
                    <current.page />
                ) : (
                    <p>There is no page of this name; the pages are named above.</p>
                )}
            </main>
            <footer class="foot">
                <span>DistRec</span>
                <a href="docs">API documentation</a>
                <a href="openapi/v1.json">OpenAPI document</a>
                <a href="assets/licenses.txt">Licences</a>
            </footer>
            {isLost.value && (
                <div class="lost" role="alert">
                    The server does not answer: what is shown may be old. It is asked again by itself.
                </div>
            )}
            <div class="hidden" role="status" aria-live="polite">
                {announcement.value}
            </div>
        </div>
    );
}

function Mark() {
    return (
        <svg viewBox="0 0 16 16" aria-hidden="true">
            <rect width="16" height="16" rx="3" fill="#2f5fbf" />
            <path d="M4 12V9M8 12V4M12 12V6.5" stroke="#fff" stroke-width="2" stroke-linecap="round" />
        </svg>
    );
}

function KeyPanel() {
    const given = useSignal(key.peek());
    return (
        <Panel title="This server asks for a key">
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    setKey(given.value.trim());
                }}
            >
                <p>
                    {key.value === "" ? "Its operator hands out keys." : `It has refused the key that was given. ${sentence(refusal.value ?? "")}`} The
                    key stays in this tab until you close it.
                </p>
                <div class="row end">
                    <label class="field">
                        <span>API key</span>
                        <input
                            type="password"
                            autocomplete="off"
                            required
                            value={given.value}
                            onInput={(event) => {
                                given.value = event.currentTarget.value;
                            }}
                        />
                    </label>
                    <button type="submit">Use this key</button>
                </div>
            </form>
        </Panel>
    );
}
