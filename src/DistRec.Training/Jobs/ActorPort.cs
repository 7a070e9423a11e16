using DistRec.Actors;
using DistRec.Training.Protocol;
using Google.Protobuf;

namespace DistRec.Training.Jobs;

/// <summary>What a job's client needs of an engine; inside an actor its context gives it, outside the actor system.</summary>
internal sealed class ActorPort
{
    private readonly Func<IMessage, ValueTask> _send;
    private readonly Func<IMessage, TimeSpan, Task<JobEvents>> _watch;
    private readonly Func<IMessage, TimeSpan, Task<JobAccepted>> _start;

    public ActorPort(IActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        _send = message => system.SendAsync(Actors.Addresses.Coordinator, message, CancellationToken.None);
        _watch = (message, timeout) => system.AskAsync<JobEvents>(Actors.Addresses.Coordinator, message, timeout, CancellationToken.None);
        _start = (message, timeout) => system.AskAsync<JobAccepted>(Actors.Addresses.Coordinator, message, timeout, CancellationToken.None);
        Blocks = system.Blocks;
        Failed = system.Failed;
    }

    public ActorPort(IActorContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _send = message => context.SendAsync(Actors.Addresses.Coordinator, message, CancellationToken.None);
        _watch = (message, timeout) => context.AskAsync<JobEvents>(Actors.Addresses.Coordinator, message, timeout, CancellationToken.None);
        _start = (message, timeout) => context.AskAsync<JobAccepted>(Actors.Addresses.Coordinator, message, timeout, CancellationToken.None);
        Blocks = context.Blocks;
        Failed = new TaskCompletionSource<ActorFailure>().Task;
    }

    public IBlockExchange Blocks { get; }

    /// <summary>Completes when an actor failed for good.</summary>
    public Task<ActorFailure> Failed { get; }

    /// <summary>Sends to the coordinator.</summary>
    public ValueTask SendAsync(IMessage message) => _send(message);

    /// <summary>Asks the coordinator to begin a job.</summary>
    public Task<JobAccepted> StartAsync(StartJob start, TimeSpan timeout) => _start(start, timeout);

    /// <summary>Asks the coordinator for the next events.</summary>
    public Task<JobEvents> WatchAsync(WatchJob watch, TimeSpan timeout) => _watch(watch, timeout);
}
