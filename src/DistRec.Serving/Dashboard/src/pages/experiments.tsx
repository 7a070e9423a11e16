import { type Arm, changeExperiment, type Experiment, getExperiments, type Interval } from "../api";
import { Confirmed } from "../action";
import { count, decimal, milliseconds, moment, percent, signed, words } from "../format";
import { useResource } from "../resource";
import { Badge, type Column, Figures, Panel, Shown, Table } from "../ui";

export function ExperimentsPage() {
    const experiments = useResource(getExperiments, [], { everySeconds: 10 });
    return (
        <Shown
            of={experiments}
            what="the experiments"
            tall
            isEmpty={({ experiments }) => experiments.length === 0}
            empty={
                <p>
                    No experiment was started yet: the active version answers everybody. The <a href="docs">API</a> starts one.
                </p>
            }
        >
            {(found) => found.experiments.map((one) => <Details key={one.name} of={one} onChange={experiments.reload} />)}
        </Shown>
    );
}

const stateKinds = { running: "accent", paused: "warn", stopped: "", rolledBack: "bad", promoted: "good" } as const;
const policyNames: Record<string, string> = {
    split: "fixed shares",
    epsilonGreedy: "ε-greedy choice",
    thompson: "Thompson sampling",
    ucb: "upper confidence bounds",
    canary: "fixed shares, as a canary",
    shadow: "nothing: one arm answers, the other is compared with it",
};

function Details({ of: one, onChange }: { of: Experiment; onChange: () => void }) {
    const isOpen = one.ended === null;
    const isRunning = one.state === "running";
    const other = one.arms.length === 2 ? one.arms.find((arm) => !arm.isControl) : undefined;
    return (
        <Panel
            title={one.name}
            aside={
                <span class="row">
                    <Badge kind={stateKinds[one.state]}>{words(one.state)}</Badge>
                    {isOpen && (
                        <>
                            <Confirmed
                                name={isRunning ? "Pause" : "Resume"}
                                label={`${isRunning ? "Pause" : "Resume"} ${one.name}`}
                                title={`${isRunning ? "Pause" : "Resume"} ${one.name}?`}
                                act={(reason) => changeExperiment(one.name, isRunning ? "pause" : "resume", reason)}
                                done={`${one.name} ${isRunning ? "is paused" : "goes on"}`}
                                onDone={onChange}
                            >
                                <p>
                                    {isRunning
                                        ? "The active version answers everybody until it goes on. Users keep their arms."
                                        : "Users come to their arms again."}
                                </p>
                            </Confirmed>
                            {other && one.policy !== "shadow" && other.model === one.model && (
                                <Confirmed
                                    name="Promote"
                                    label={`Promote ${other.name} of ${one.name}`}
                                    title={`Promote ${other.name}?`}
                                    act={(reason) => changeExperiment(one.name, "promote", reason, other.name)}
                                    done={`${other.name} is promoted`}
                                    onDone={onChange}
                                >
                                    <p>
                                        {other.model} version {other.version} becomes the active version and answers everybody; the
                                        experiment ends.
                                    </p>
                                </Confirmed>
                            )}
                            <Confirmed
                                name="Stop"
                                label={`Stop ${one.name}`}
                                title={`Stop ${one.name}?`}
                                isDanger
                                act={(reason) => changeExperiment(one.name, "stop", reason)}
                                done={`${one.name} is stopped`}
                                onDone={onChange}
                            >
                                <p>From the next request on the active version answers everybody. What was counted stays.</p>
                            </Confirmed>
                        </>
                    )}
                </span>
            }
        >
            <p class="note">
                Users of {one.model} by {policyNames[one.policy] ?? words(one.policy)}, since {moment(one.created)}
                {one.ended !== null && `, until ${moment(one.ended)}`}
                {one.why !== null && `: ${one.why}`}
            </p>
            <Arms of={one} />
            <Verdict of={one} />
            <Shadow of={one} />
            <Changes of={one} />
        </Panel>
    );
}

const rates = {
    click: { name: "Click rate", rate: (arm: Arm) => arm.ctr, counted: "Clicks", count: (arm: Arm) => arm.clicks },
    view: { name: "View rate", rate: (arm: Arm) => arm.vtr, counted: "Views", count: (arm: Arm) => arm.views },
    conversion: { name: "Conversion rate", rate: (arm: Arm) => arm.cvr, counted: "Conversions", count: (arm: Arm) => arm.conversions },
};

function Arms({ of: { arms, goal, model } }: { of: Experiment }) {
    const wanted = rates[goal];
    const others = Object.values(rates).filter((one) => one !== wanted && arms.some((arm) => one.count(arm) > 0));
    const highest = Math.max(...arms.map((arm) => wanted.rate(arm)?.high ?? 0), 1e-9);
    const columns: Column<Arm>[] = [
        {
            name: "Arm",
            cell: (arm) => (
                <>
                    {arm.name}
                    <small>
                        {arm.model === model ? "" : `${arm.model} `}version {arm.version}
                        {arm.isControl && ", control"}
                    </small>
                </>
            ),
        },
        { name: wanted.name, cell: (arm) => <Rate of={wanted.rate(arm)} />, isNumber: true },
        { name: <span class="hidden">As a bar</span>, cell: (arm) => <IntervalBar of={wanted.rate(arm)} highest={highest} />, isExtra: true },
        { name: "Regret", cell: (arm) => decimal(arm.regret, 1), isNumber: true },
        { name: wanted.counted, cell: (arm) => count(wanted.count(arm)), isNumber: true, isExtra: true },
        {
            name: "Impressions",
            cell: (arm) => (
                <>
                    {count(arm.impressions)}
                    <small>{percent(arm.share)}</small>
                </>
            ),
            isNumber: true,
            isExtra: true,
        },
        ...others.map(
            (one): Column<Arm> => ({ name: one.name, cell: (arm) => <Rate of={one.rate(arm)} />, isNumber: true, isExtra: true }),
        ),
        { name: "Propensity", cell: (arm) => decimal(arm.propensity, 3), isNumber: true, isExtra: true },
    ];
    return <Table caption={`95 % intervals; regret in ${goal}s`} rows={arms} keyOf={(arm) => arm.name} columns={columns} />;
}

function Rate({ of }: { of: Interval | null }) {
    return of === null ? (
        <>–</>
    ) : (
        <>
            {percent(of.value, 2)}
            <small>
                {percent(of.low, 2).replace(" %", "")} to {percent(of.high, 2)}
            </small>
        </>
    );
}

function IntervalBar({ of, highest }: { of: Interval | null; highest: number }) {
    const at = (value: number) => `${(100 * value) / highest}%`;
    return (
        of && (
            <span class="interval" aria-hidden="true">
                <i style={{ left: at(of.low), width: at(of.high - of.low) }} />
                <b style={{ left: at(of.value) }} />
            </span>
        )
    );
}

const evidence = (eValue: number) => (eValue < 0.1 ? "below 0.1" : eValue > 1000 ? "over 1,000" : decimal(eValue, 1));
const decisions = { continue: "undecided", rollBack: "worse", accept: "not worse" } as const;

function Verdict({ of: { arms, goal, sequential, sampleRatio } }: { of: Experiment }) {
    const tested = arms.filter((arm) => arm.test !== null);
    if (tested.length === 0) {
        return <p class="note">Too few impressions for a test yet.</p>;
    }

    return (
        <ul class="health" aria-label="Result of the test">
            {sampleRatio?.isMismatch && (
                <li>
                    <Badge kind="bad">not to be believed</Badge> Users are not shared out as they should be, p ={" "}
                    {sampleRatio.pValue.toExponential(1)}: events are lost or doubled. Nothing else here can be trusted until that is found.
                </li>
            )}
            {tested.map((arm) => (
                <Difference key={arm.name} of={arm} goal={goal} />
            ))}
            {sequential && (
                <li>
                    <Badge kind={{ continue: "", rollBack: "bad", accept: "good" }[sequential.decision] as "" | "bad" | "good"}>
                        {decisions[sequential.decision]}
                    </Badge>{" "}
                    The sequential test, which may be looked at whenever one likes, has an e-value of {evidence(sequential.worseEValue)} for
                    “worse” and of {evidence(sequential.notWorseEValue)} for “not worse”, after {count(sequential.users)} users; it decides
                    at {decimal(1 / sequential.alpha, 0)}.
                </li>
            )}
        </ul>
    );
}

function Difference({ of: arm, goal }: { of: Arm; goal: string }) {
    const { difference, low, high, pValue } = arm.test!;
    const isClear = low > 0 || high < 0;
    return (
        <li>
            <Badge kind={!isClear ? "" : difference > 0 ? "good" : "bad"}>
                {!isClear ? "no clear difference" : difference > 0 ? "better" : "worse"}
            </Badge>{" "}
            The {goal} rate of {arm.name} differs from the control’s by {signed(difference * 100, 2)} percentage points (95 % interval{" "}
            {signed(low * 100, 2)} to {signed(high * 100, 2)}), p {pValue < 0.001 ? "< 0.001" : `= ${decimal(pValue, 3)}`}. It is meant for one
            look, at the end.
        </li>
    );
}

function Shadow({ of: { shadow } }: { of: Experiment }) {
    return (
        shadow && (
            <Figures
                isSmall
                of={[
                    ["Compared", count(shadow.compared)],
                    ["Same items", percent(shadow.overlap)],
                    ["Predictions differ by", decimal(shadow.meanDifference, 3)],
                    ["Failed", count(shadow.failures)],
                    ["Left out", count(shadow.dropped)],
                    ["Half took", milliseconds(shadow.p50Milliseconds)],
                    ["99 of 100 took", milliseconds(shadow.p99Milliseconds)],
                ]}
            />
        )
    );
}

function Changes({ of: { name, changes } }: { of: Experiment }) {
    return (
        <details>
            <summary>What was done to it</summary>
            <Table
                caption={`What was done to ${name}`}
                isCaptionHidden
                rows={changes}
                keyOf={(change) => `${change.at} ${change.action}`}
                columns={[
                    { name: "What", cell: (change) => words(change.action) },
                    { name: "When", cell: (change) => moment(change.at) },
                    { name: "By", cell: (change) => change.by },
                    { name: "Why", cell: (change) => (change.reason === "" ? "–" : change.reason) },
                ]}
            />
        </details>
    );
}
