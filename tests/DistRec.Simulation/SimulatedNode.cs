using DistRec.Actors;
using DistRec.Simulation.Hosting;
using Google.Protobuf;

namespace DistRec.Simulation;

/// <summary>
/// A node as its own process sees it: an engine like any other. What is called from outside belongs to the node's present
/// life: after a crash such waits never end, as those of a killed process do not.
/// </summary>
public sealed class SimulatedNode : IActorSystem
{
    private readonly SimulatedCluster _cluster;
    private readonly SortedDictionary<string, ActorKind> _kinds = new(StringComparer.Ordinal);
    private TaskCompletionSource<ActorFailure> _failed = new();

    internal SimulatedNode(SimulatedCluster cluster, int number)
    {
        _cluster = cluster;
        Number = number;
        Life = new NodeLife(cluster, this, 1);
    }

    /// <summary>From 0.</summary>
    public int Number { get; }

    /// <summary>The virtual clock.</summary>
    public TimeProvider Time => Life.Clock;

    /// <summary>Whether its process runs and the cluster counts it in.</summary>
    public bool IsUp => Life.TakesActors;

    /// <summary>Whether its process runs, known to the cluster or not.</summary>
    public bool IsRunning => Life.IsRunning;

    public Task<ActorFailure> Failed => _failed.Task;

    public IBlockExchange Blocks => Life.Blocks;

    public IComputePool Compute => Life.Compute;

    internal NodeLife Life { get; private set; }

    internal IReadOnlyDictionary<string, ActorKind> Kinds => _kinds;

    public void Register(params IReadOnlyList<ActorKind> kinds)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        _cluster.RequireThread("kinds were registered");
        Life.RequireRunning();
        HashSet<string> names = new(_kinds.Keys, StringComparer.Ordinal);
        foreach (ActorKind kind in kinds)
        {
            kind.Validate();
            if (!names.Add(kind.Name))
            {
                throw new ArgumentException($"The actor kind \"{kind.Name}\" is already registered; register each kind once.");
            }
        }

        foreach (ActorKind kind in kinds)
        {
            _kinds[kind.Name] = kind;
            _cluster.Placement.Announce(kind);
        }
    }

    public ValueTask SendAsync(ActorAddress to, IMessage message, CancellationToken cancellationToken = default)
    {
        _cluster.RequireThread($"a message was sent to {to} from outside");
        return Life.SendAsync(null, to, message, cancellationToken);
    }

    public Task<TReply> AskAsync<TReply>(
        ActorAddress to, IMessage request, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TReply : class, IMessage
    {
        _cluster.RequireThread($"{to} was asked from outside");
        return Life.AskAsync<TReply>(null, to, request, timeout, cancellationToken);
    }

    /// <summary>Lets virtual time pass, as a disk or another service would that this node calls.</summary>
    /// <param name="time">Drawn from it.</param>
    /// <returns>Never completes when the node crashes meanwhile.</returns>
    public Task PassAsync(TimeRange time)
    {
        _cluster.RequireThread("a node called a service");
        TaskCompletionSource passed = new();
        _cluster.Scheduler.After(_cluster.Ticks(time), Life, passed.SetResult);
        return passed.Task;
    }

    /// <summary>Stops in good order; the node's actors start again on other nodes.</summary>
    public ValueTask DisposeAsync()
    {
        _cluster.RequireThread("a node was stopped");
        return Life.IsRunning && !Life.HasStopped ? new ValueTask(LeaveAsync(Life)) : ValueTask.CompletedTask;
    }

    internal void Report(NodeLife life, ActorFailure failure)
    {
        if (life == Life)
        {
            _failed.TrySetResult(failure);
        }

        _cluster.Report(failure);
    }

    /// <summary>Begins a new life without memory.</summary>
    internal void ComeBack()
    {
        _failed = new TaskCompletionSource<ActorFailure>();
        Life = new NodeLife(_cluster, this, Life.Number + 1);
    }

    internal bool Plays(string role) =>
        role.Length == 0 || _cluster.Options.Roles is not { } roles || roles[Number].Contains(role, StringComparer.Ordinal);

    private async Task LeaveAsync(NodeLife life)
    {
        _cluster.Note("leave", Number);
        await life.StopAsync(inGoodOrder: true).ConfigureAwait(false);
        life.IsRemoved = true;
        _cluster.Placement.Move(life);
    }
}
