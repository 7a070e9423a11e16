// Everything that the dashboard knows of the server: what it asks, and the shapes of the answers.
import { signal } from "@preact/signals";
import { readEvents, type ServerEvent } from "./events";

export interface RatingScale {
    minimum: number;
    maximum: number;
}

/** Sizes and scale are null where the version is not loaded. */
export interface ModelVersion {
    name: string;
    version: number;
    state: "registered" | "active" | "retired";
    kind: string;
    modelSha256: string;
    metrics: Record<string, number>;
    dataName: string | null;
    dataFingerprint: string | null;
    options: Record<string, unknown>;
    job: string | null;
    users: number | null;
    items: number | null;
    ratings: number | null;
    rank: number | null;
    ratingScale: RatingScale | null;
    created: string;
    activated: string | null;
    notes: string;
}

/** The version that answers requests that name no model. */
export type AnsweringModel = Omit<ModelVersion, "state" | "dataFingerprint" | "options" | "job" | "ratingScale" | "activated" | "notes">;

export interface Overview {
    version: string;
    uptimeSeconds: number;
    requests: { total: number; perSecond: number; failed: number; p50Milliseconds: number | null; p99Milliseconds: number | null };
    model: AnsweringModel | null;
    users: number;
    items: number;
    ratings: number;
    newRatings: number;
    /** Null where the cluster does not tell. */
    jobsRunning: number | null;
}

export interface Model {
    name: string;
    active: number | null;
    isDefault: boolean;
    versions: ModelVersion[];
}
export interface Models {
    models: Model[];
    /** Why a version that should answer does not. */
    fault: string | null;
}
export interface ModelChange {
    action: "register" | "activate" | "rollBack" | "retire";
    version: number;
    at: string;
    by: string;
    reason: string;
}

export interface MapItem {
    item: string;
    title: string | null;
    x: number;
    y: number;
    ratings: number | null;
}
export interface ItemMap {
    items: MapItem[];
    klDivergence: number;
    perplexity: number;
    seed: number;
}

/** The name is empty where its submitter gave none, and the epoch 0 where none is done. */
export interface JobSummary {
    id: string;
    name: string;
    model: string;
    state: string;
    reason: string;
    submitted: string;
    started: string | null;
    ended: string | null;
    epochs: number;
    epoch: number;
    validationRmse: number | null;
}
export interface Epoch {
    epoch: number;
    trainRmse: number | null;
    validationRmse: number | null;
    seconds: number | null;
}
export interface Job extends JobSummary {
    curve: Epoch[];
}
/** The kinds of models that can be trained; the first is trained where a job names none. */
export interface Catalogue {
    models: { name: string; summary: string }[];
}
export interface JobRequest {
    model?: string;
    data: string;
    name?: string;
    options: Record<string, unknown>;
}

export interface ClusterNode {
    id: string;
    role: string;
    state: string;
    address: string;
    threads: number | null;
    version: string | null;
    shards: string[];
}
export interface Cluster {
    version: string;
    nodes: ClusterNode[];
    partitions: { count: number; hosted: { node: string; count: number }[] };
}

export interface Interval {
    value: number;
    low: number;
    high: number;
}
export interface Arm {
    name: string;
    model: string;
    version: number;
    isControl: boolean;
    weight: number;
    /** How probable it is for who comes next. */
    propensity: number;
    impressions: number;
    users: number;
    clicks: number;
    views: number;
    conversions: number;
    ctr: Interval | null;
    cvr: Interval | null;
    vtr: Interval | null;
    share: number;
    regret: number | null;
    /** How its goal rate differs from the control's. */
    test: { difference: number; low: number; high: number; pValue: number } | null;
}
export interface Experiment {
    name: string;
    model: string;
    policy: string;
    goal: "click" | "view" | "conversion";
    state: "running" | "paused" | "stopped" | "rolledBack" | "promoted";
    created: string;
    ended: string | null;
    why: string | null;
    arms: Arm[];
    sequential: {
        decision: "continue" | "rollBack" | "accept";
        worseEValue: number;
        notWorseEValue: number;
        alpha: number;
        users: number;
    } | null;
    sampleRatio: { pValue: number; isMismatch: boolean } | null;
    shadow: {
        compared: number;
        overlap: number | null;
        meanDifference: number | null;
        failures: number;
        dropped: number;
        p50Milliseconds: number | null;
        p99Milliseconds: number | null;
    } | null;
    changes: { action: string; at: string; by: string; reason: string }[];
}

export interface Item {
    item: string;
    title: string | null;
    ratings: number | null;
}
export interface User {
    user: string;
    ratings: number | null;
    new: number;
}
export interface RatedItem {
    item: string;
    title: string | null;
    rating: number;
    new: boolean;
}
export interface History {
    user: string;
    ratings: RatedItem[];
    known: boolean;
}
export interface GivenRating {
    item: string;
    rating: number;
}
export interface ServedBy {
    answerId: string;
    model: string;
    version: number;
    modelSha256: string;
    experiment: string | null;
    arm: string;
    propensity: number;
}
export interface FoldIn {
    ratings: number;
    unknownItems: string[];
    outOfScale: number;
}
export interface RecommendedItem {
    rank: number;
    item: string;
    title: string | null;
    prediction: number;
    score: number;
}
export interface Recommendations {
    user: string | null;
    rankedBy: string;
    basis: string;
    meaning: string;
    items: RecommendedItem[];
    foldIn: FoldIn | null;
    shortage: string | null;
    served: ServedBy | null;
}
export interface SimilarItem {
    rank: number;
    item: string;
    title: string | null;
    similarity: number;
}
export interface SimilarItems {
    item: string;
    title: string | null;
    cold: boolean;
    basis: string;
    items: SimilarItem[];
}
export interface Contribution {
    item: string;
    title: string | null;
    rating: number;
    weight: number;
    value: number;
}
export interface Explanation {
    user: string | null;
    item: string;
    title: string | null;
    prediction: number;
    meaning: string;
    basis: string;
    unclipped: number;
    globalMean: number;
    userBias: number;
    itemBias: number;
    factorPart: number;
    method: string;
    contributions: Contribution[];
    otherContributions: number;
    residual: number;
}

/**
 * Why there is no answer. `missing`: this server has no such part; `locked`: it asks for a key; `unreachable`: nothing answered;
 * `refused`: it answered with a problem (RFC 9457).
 */
export class Problem extends Error {
    constructor(
        readonly kind: "missing" | "locked" | "unreachable" | "refused",
        readonly title: string,
        readonly detail = "",
        readonly status = 0,
    ) {
        super(detail === "" ? title : `${title}: ${detail}`);
    }
}

const keyName = "distrec-key";
const patienceMilliseconds = 30_000;

/** The API key, for as long as the tab is open. */
export const key = signal(sessionStorage.getItem(keyName) ?? "");
/** Why the server has refused to answer without a key, or with this one; null where it has not. */
export const refusal = signal<string | null>(null);
/** Whether the last question found nobody. */
export const isLost = signal(false);

export function setKey(given: string): void {
    sessionStorage.setItem(keyName, given);
    refusal.value = null;
    key.value = given;
}

async function open(path: string, request: RequestInit, signals: AbortSignal[]): Promise<Response> {
    const headers = new Headers(request.headers);
    if (key.peek() !== "") {
        headers.set("Authorization", `Bearer ${key.peek()}`);
    }

    let response: Response;
    try {
        response = await fetch(`v1/${path}`, { ...request, headers, signal: AbortSignal.any(signals), cache: "no-store" });
    } catch (error) {
        if (signals[0]?.aborted) {
            throw error;
        }

        isLost.value = true;
        throw new Problem(
            "unreachable",
            "the server does not answer",
            "it may be stopped, or the network between here and there is broken",
        );
    }

    isLost.value = false;
    if (response.ok) {
        return response;
    }

    const told = (await response.json().catch(() => ({}))) as { title?: string; detail?: string; errors?: Record<string, string[]> };
    const faults = Object.entries(told.errors ?? {})
        .map(([place, errors]) => `${place}: ${errors.join(" ")}`)
        .join("; ");
    const detail = [told.detail, faults].filter(Boolean).join(" ");
    if (response.status === 401) {
        refusal.value = detail;
        throw new Problem("locked", "the server asks for a key", detail, 401);
    }

    // A part of the API that is not there says no more than that; what is said not to exist inside of one says what.
    if ((response.status === 404 || response.status === 405) && detail === "") {
        throw new Problem("missing", "this server does not have it", "", response.status);
    }

    throw new Problem("refused", told.title ?? `the server answered ${response.status}`, detail, response.status);
}

async function read<T>(path: string, signal: AbortSignal, request: RequestInit = {}): Promise<T> {
    const response = await open(path, request, [signal, AbortSignal.timeout(patienceMilliseconds)]);
    const text = await response.text();
    return (text === "" ? undefined : JSON.parse(text)) as T;
}

function send<T>(path: string, body: unknown, signal: AbortSignal = new AbortController().signal): Promise<T> {
    return read<T>(path, signal, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

// Segments of a path and words of a query, escaped.
function at(parts: TemplateStringsArray, ...values: (string | number)[]): string {
    return String.raw({ raw: parts }, ...values.map(encodeURIComponent));
}

export const getOverview = (signal: AbortSignal) => read<Overview>("overview", signal);

export const findItems = (search: string, n: number, signal: AbortSignal) =>
    read<{ items: Item[]; total: number }>(at`items?search=${search}&n=${n}`, signal);
export const findUsers = (search: string, n: number, signal: AbortSignal) =>
    read<{ users: User[] }>(at`users?search=${search}&n=${n}`, signal);
export const getHistory = (user: string, signal: AbortSignal) => read<History>(at`users/${user}/ratings`, signal);
export const getRecommendations = (user: string, n: number, signal: AbortSignal) =>
    read<Recommendations>(at`users/${user}/recommendations?n=${n}`, signal);
export const recommendFor = (ratings: GivenRating[], n: number, signal: AbortSignal) =>
    send<Recommendations>("recommendations", { ratings, n }, signal);
export const getSimilar = (item: string, n: number, signal: AbortSignal) => read<SimilarItems>(at`items/${item}/similar?n=${n}`, signal);
export const explain = (user: string, item: string, n: number, signal: AbortSignal) =>
    read<Explanation>(at`explain?user=${user}&item=${item}&n=${n}`, signal);
export const explainFor = (ratings: GivenRating[], item: string, n: number, signal: AbortSignal) =>
    send<Explanation>("explain", { ratings, item, n }, signal);
export const addRatings = (user: string, ratings: GivenRating[]) => send<unknown>(at`users/${user}/ratings`, ratings);

export const getModels = (signal: AbortSignal) => read<Models>("models", signal);
export const getHistoryOf = (name: string, signal: AbortSignal) => read<{ activations: ModelChange[] }>(at`models/${name}/history`, signal);
export const activate = (name: string, version: number, reason: string) =>
    send<unknown>(at`models/${name}/versions/${version}/activate`, reasonOf(reason));
export const retire = (name: string, version: number, reason: string) =>
    send<unknown>(at`models/${name}/versions/${version}/retire`, reasonOf(reason));
export const rollBack = (name: string, reason: string) => send<unknown>(at`models/${name}/rollback`, reasonOf(reason));
/** The map, or from 0 to 1 how much of it is computed. */
export const getMap = (name: string, items: number, signal: AbortSignal) =>
    read<ItemMap | { progress: number }>(at`models/${name}/map?items=${items}`, signal);

export const getCatalogue = (signal: AbortSignal) => read<Catalogue>("catalogue", signal);
export const getJobs = (signal: AbortSignal) => read<{ jobs: JobSummary[] }>("jobs", signal);
export const getJob = (id: string, signal: AbortSignal) => read<Job>(at`jobs/${id}`, signal);
export const submitJob = (job: JobRequest) => send<JobSummary>("jobs", job);
export const cancelJob = (id: string) => send<unknown>(at`jobs/${id}/cancel`, {});
/** What happens to a job from now on, until the server ends the stream or the signal is aborted. */
export async function* jobEvents(id: string, signal: AbortSignal): AsyncGenerator<ServerEvent> {
    // An EventSource sends no key.
    const response = await open(at`jobs/${id}/events`, { headers: { Accept: "text/event-stream" } }, [signal]);
    if (response.body) {
        yield* readEvents(response.body);
    }
}

export const getCluster = (signal: AbortSignal) => read<Cluster>("cluster", signal);

export const getExperiments = (signal: AbortSignal) => read<{ experiments: Experiment[] }>("experiments", signal);
export const changeExperiment = (name: string, verb: "pause" | "resume" | "stop" | "promote", reason: string, arm?: string) =>
    send<unknown>(at`experiments/${name}/${verb}`, { ...reasonOf(reason), ...(arm === undefined ? {} : { arm }) });

function reasonOf(reason: string): { reason?: string } {
    return reason.trim() === "" ? {} : { reason: reason.trim() };
}
