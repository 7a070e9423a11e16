using Akka.Actor;

namespace DistRec.Training.Actors;

/// <summary>What the queue is on a cluster, in one process: the parent of one job's coordinator.</summary>
internal sealed class LocalJobActor : ReceiveActor
{
    private const string ChildName = "coordinator";

    private readonly StopOnFailure _supervision = new();
    private readonly Props _coordinator;
    private readonly TaskCompletionSource<StateChanged> _ended;

    /// <param name="coordinator">The coordinator.</param>
    /// <param name="ended">Completes when the job has ended, or fails with what the coordinator failed with.</param>
    public LocalJobActor(Props coordinator, TaskCompletionSource<StateChanged> ended)
    {
        _coordinator = coordinator;
        _ended = ended;
        Receive<CancelJob>(cancel => Context.Child(ChildName).Tell(cancel));
        Receive<JobEnded>(end => ended.TrySetResult(end.State));
        Receive<Terminated>(_ => ended.TrySetException(
            _supervision.TakeCause(ChildName) ?? new InvalidOperationException("the job's coordinator stopped before the job had ended")));
    }

    /// <summary>How one is made.</summary>
    public static Props Props(Props coordinator, TaskCompletionSource<StateChanged> ended) =>
        Akka.Actor.Props.Create(() => new LocalJobActor(coordinator, ended));

    protected override void PreStart() => Context.Watch(Context.ActorOf(_coordinator, ChildName));

    // Whoever waits for the job is not left waiting.
    protected override void PostStop() =>
        _ended.TrySetException(new InvalidOperationException("the job's actors were stopped before the job had ended"));

    protected override SupervisorStrategy SupervisorStrategy() => _supervision;
}
