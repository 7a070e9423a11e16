import { useSignal } from "@preact/signals";
import { activate, getHistoryOf, getModels, type Model, type ModelVersion, retire, rollBack } from "../api";
import { Confirmed } from "../action";
import { count, decimal, metricName, moment, plural } from "../format";
import { useResource } from "../resource";
import { href } from "../router";
import { Badge, Figures, Panel, Shown, Table } from "../ui";
import { Comparison } from "./comparison";

export function ModelsPage() {
    const models = useResource(getModels, [], { everySeconds: 15 });
    return (
        <Shown
            of={models}
            what="the models"
            tall
            isEmpty={({ models }) => models.length === 0}
            empty={
                <p>
                    No model is registered yet. Start the server with <code>--model DIR</code>, or submit a job on the page{" "}
                    <a href={href("jobs")}>Jobs</a>.
                </p>
            }
        >
            {({ models: all, fault }) => (
                <>
                    {fault !== null && (
                        <p class="state broken" role="alert">
                            A version that should answer does not: {fault}
                        </p>
                    )}
                    {all.map((model) => (
                        <Versions key={model.name} model={model} onChange={models.reload} />
                    ))}
                </>
            )}
        </Shown>
    );
}

function Versions({ model, onChange }: { model: Model; onChange: () => void }) {
    const compared = useSignal<readonly number[]>([]);
    const chosen = model.versions.filter((one) => compared.value.includes(one.version)).sort((one, other) => one.version - other.version);
    return (
        <Panel
            title={model.name}
            aside={
                <span class="row">
                    {model.isDefault && <Badge kind="accent">answers requests that name no model</Badge>}
                    {model.active === null ? (
                        <Badge kind="warn">no version is active</Badge>
                    ) : (
                        <Confirmed
                            name="Roll back"
                            label={`Roll back ${model.name}`}
                            title={`Roll ${model.name} back?`}
                            act={(reason) => rollBack(model.name, reason)}
                            onDone={onChange}
                            done={`${model.name} is rolled back`}
                        >
                            <p>The version that was active before version {model.active} answers again, from the next request on.</p>
                        </Confirmed>
                    )}
                </span>
            }
        >
            <ul class="cards">
                {model.versions.map((version) => (
                    <li key={version.version}>
                        <Card
                            version={version}
                            onChange={onChange}
                            isCompared={compared.value.includes(version.version)}
                            onCompare={(isCompared) => {
                                const others = compared.value.filter((one) => one !== version.version);
                                compared.value = isCompared ? [...others, version.version].slice(-2) : others;
                            }}
                        />
                    </li>
                ))}
            </ul>
            {chosen.length === 2 && <Comparison one={chosen[0]!} other={chosen[1]!} />}
            <History of={model} />
        </Panel>
    );
}

const states = { active: "good", registered: "accent", retired: "" } as const;

/** The two metrics that say most of a version. */
function mainMetrics({ metrics }: ModelVersion): [string, string][] {
    const best = ["testRmse", "validationRmse", "ndcgAt10", "testMae"].filter((name) => metrics[name] !== undefined);
    const others = Object.keys(metrics).filter((name) => !best.includes(name));
    return [...best, ...others].slice(0, 2).map((name) => [metricName(name), decimal(metrics[name])]);
}

const rankOf = (version: ModelVersion) => version.rank ?? version.options["rank"] ?? 0;

interface CardProps {
    version: ModelVersion;
    onChange: () => void;
    isCompared: boolean;
    onCompare: (isCompared: boolean) => void;
}

function Card({ version: one, onChange, isCompared, onCompare }: CardProps) {
    const name = `${one.name} version ${one.version}`;
    return (
        <article class={one.state === "active" ? "card active" : "card"} aria-label={name}>
            <header class="row apart">
                <h3>Version {one.version}</h3>
                <Badge kind={states[one.state]}>{one.state}</Badge>
            </header>
            <Figures
                isSmall
                of={[
                    ["Kind", rankOf(one) ? `${one.kind}, rank ${rankOf(one)}` : one.kind],
                    ...mainMetrics(one),
                    ...(one.ratings === null ? [] : [["Ratings", count(one.ratings)] as [string, string]]),
                ]}
            />
            <p class="note">
                {one.dataName || "unnamed data"}
                {one.users !== null && `, ${plural(one.users, "user")}, ${plural(one.items ?? 0, "item")}`}
                <br />
                made {moment(one.created)}
                <br />
                {one.job !== null && (
                    <>
                        by job <a href={href("jobs", one.job)}>{one.job}</a>
                        <br />
                    </>
                )}
                tables <code title={one.modelSha256}>{one.modelSha256.slice(0, 12)}</code>
                {one.notes !== "" && (
                    <>
                        <br />
                        {one.notes}
                    </>
                )}
            </p>
            <div class="row apart">
                <label class="check">
                    <input
                        type="checkbox"
                        checked={isCompared}
                        aria-label={`Compare ${name}`}
                        onChange={(event) => onCompare(event.currentTarget.checked)}
                    />{" "}
                    Compare
                </label>
                <span class="row">
                    {one.state === "registered" && (
                        <Confirmed
                            name="Activate"
                            label={`Activate ${name}`}
                            title={`Activate ${name}?`}
                            isQuiet={false}
                            onDone={onChange}
                            act={(reason) => activate(one.name, one.version, reason)}
                            done={`${name} is active`}
                        >
                            <p>It answers from the next request on, instead of the version that is active now.</p>
                        </Confirmed>
                    )}
                    {one.state === "registered" && (
                        <Confirmed
                            name="Retire"
                            label={`Retire ${name}`}
                            title={`Retire ${name}?`}
                            isDanger
                            onDone={onChange}
                            act={(reason) => retire(one.name, one.version, reason)}
                            done={`${name} is retired`}
                        >
                            <p>It is out of use for ever, and its files are removed. What is known of it stays on this page.</p>
                        </Confirmed>
                    )}
                </span>
            </div>
        </article>
    );
}

const actions = { register: "registered", activate: "activated", rollBack: "rolled back to", retire: "retired" } as const;

function History({ of: { name, versions } }: { of: Model }) {
    const isOpen = useSignal(false);
    const states = versions.map((version) => version.state);
    const history = useResource(isOpen.value ? (signal) => getHistoryOf(name, signal) : null, [name, states]);
    return (
        <details
            onToggle={(event) => {
                isOpen.value = event.currentTarget.open;
            }}
        >
            <summary>History of {name}</summary>
            {isOpen.value && (
                <Shown
                    of={history}
                    what="the history"
                    isEmpty={({ activations }) => activations.length === 0}
                    empty={<p>Nothing was done to its versions yet.</p>}
                >
                    {({ activations }) => (
                        <Table
                            caption="What was done, the last first"
                            rows={activations}
                            keyOf={(one) => `${one.at} ${one.action} ${one.version}`}
                            columns={[
                                { name: "Version", cell: (one) => `version ${one.version}` },
                                { name: "Was", cell: (one) => actions[one.action] },
                                { name: "When", cell: (one) => moment(one.at) },
                                { name: "By", cell: (one) => one.by || "–", isExtra: true },
                                { name: "Reason", cell: (one) => one.reason || "–" },
                            ]}
                        />
                    )}
                </Shown>
            )}
        </details>
    );
}
