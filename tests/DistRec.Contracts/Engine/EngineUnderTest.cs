using DistRec.Actors;

namespace DistRec.Contracts;

/// <summary>What a contract test wants of an engine.</summary>
public sealed record EngineSettings(TimeProvider Time)
{
    public int MessageSizeLimit { get; init; } = 64 * 1024;

    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// A running engine: one node or several, all in the test's process so that a test's actors can tell it what they saw.
/// </summary>
/// <param name="nodes">Every node; tests send from the first.</param>
public sealed class EngineUnderTest(params IReadOnlyList<IActorSystem> nodes) : IAsyncDisposable
{
    private Task? _stopped;

    /// <summary>The node from which tests send and ask.</summary>
    public IActorSystem System => nodes[0];

    /// <summary>Completes when any node reports an actor that failed for good.</summary>
    public Task<ActorFailure> Failed => Task.WhenAny(nodes.Select(node => node.Failed)).Unwrap();

    public void Register(params IReadOnlyList<ActorKind> kinds)
    {
        foreach (IActorSystem node in nodes)
        {
            node.Register(kinds);
        }
    }

    /// <summary>Stops every node.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopped ??= Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask()));
        await _stopped.Soon("the stop of the engine");
    }
}
