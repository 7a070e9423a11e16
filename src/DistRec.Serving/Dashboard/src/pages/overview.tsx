import { getOverview, type AnsweringModel, type Overview } from "../api";
import { count, decimal, duration, metricName, milliseconds, moment } from "../format";
import { useResource } from "../resource";
import { href } from "../router";
import { Badge, Figures, Panel, Shown } from "../ui";

export function OverviewPage() {
    const overview = useResource(getOverview, [], { everySeconds: 5 });
    return (
        <Shown of={overview} what="the overview" tall>
            {(now) => (
                <>
                    {now.model ? <ActiveModel model={now.model} /> : <FirstSteps />}
                    <div class="columns even">
                        <Requests now={now} />
                        <Panel title="Since training" aside={<a href={href("jobs")}>Jobs</a>}>
                            <Figures
                                of={[
                                    ["New ratings", count(now.newRatings)],
                                    ["Jobs that run", count(now.jobsRunning)],
                                    ["Server runs for", duration(now.uptimeSeconds)],
                                    ["Release", now.version],
                                ]}
                            />
                        </Panel>
                    </div>
                </>
            )}
        </Shown>
    );
}

/** The error that says most of how good a model is: on ratings that neither training nor stopping has seen. */
function mainError(metrics: Record<string, number>): [name: string, value: number] | undefined {
    const name = ["testRmse", "validationRmse", "trainRmse"].find((one) => metrics[one] !== undefined);
    return name === undefined ? undefined : [metricName(name), metrics[name]!];
}

function ActiveModel({ model }: { model: AnsweringModel }) {
    const error = mainError(model.metrics);
    return (
        <Panel
            title="Active model"
            aside={
                <span class="row">
                    <Badge kind="good">answers</Badge>
                    <a href={href("query")}>Ask it</a>
                    <a href={href("models")}>All versions</a>
                </span>
            }
        >
            <Figures
                of={[
                    [
                        "Model",
                        <>
                            {model.name} <small>version {model.version}</small>
                        </>,
                    ],
                    [
                        "Kind",
                        !model.rank ? (
                            model.kind
                        ) : (
                            <>
                                {model.kind} <small>rank {model.rank}</small>
                            </>
                        ),
                    ],
                    [error?.[0] ?? "RMSE", decimal(error?.[1])],
                    ["Users", count(model.users)],
                    ["Items", count(model.items)],
                    ["Ratings", count(model.ratings)],
                ]}
            />
            <p class="note">
                Trained on {model.dataName || "unnamed data"}, {moment(model.created)}
            </p>
        </Panel>
    );
}

function Requests({ now: { requests } }: { now: Overview }) {
    return (
        <Panel
            title="Requests"
            aside={
                requests.failed > 0 ? <Badge kind="warn">{count(requests.failed)} failed</Badge> : <Badge kind="good">none failed</Badge>
            }
        >
            <Figures
                of={[
                    ["Each second", decimal(requests.perSecond, 1)],
                    ["Median time", milliseconds(requests.p50Milliseconds)],
                    ["99 % within", milliseconds(requests.p99Milliseconds)],
                    ["Since the start", count(requests.total)],
                ]}
            />
        </Panel>
    );
}

function FirstSteps() {
    return (
        <Panel title="No model answers yet" aside={<Badge kind="warn">nothing to ask</Badge>}>
            <p>To have one:</p>
            <ol class="steps">
                <li>
                    Train a model: <code>distrec train --data ml-latest-small --model als --out runs/als</code>
                </li>
                <li>
                    Serve it: <code>distrec serve --model runs/als</code>, or submit a job on the page <a href={href("jobs")}>Jobs</a> where
                    this server has a cluster.
                </li>
                <li>
                    Activate a version on the page <a href={href("models")}>Models</a>, unless it answers already.
                </li>
                <li>
                    Ask it on the page <a href={href("query")}>Query</a>.
                </li>
            </ol>
        </Panel>
    );
}
